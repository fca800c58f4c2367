using System.Text.Json.Serialization;

namespace EdgeAI.Memory;

[JsonSerializable(typeof(MemoryRecord))]
internal sealed partial class MemoryRecordJson : JsonSerializerContext;
