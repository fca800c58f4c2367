using System.Text.Json.Serialization;

namespace EdgeAI.AspNetCore.Uploads;

[JsonSerializable(typeof(Upload))]
internal sealed partial class UploadJson : JsonSerializerContext;
