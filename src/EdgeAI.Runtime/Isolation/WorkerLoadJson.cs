using System.Text.Json.Serialization;

namespace EdgeAI.Isolation;

[JsonSerializable(typeof(WorkerLoad))]
internal sealed partial class WorkerLoadJson : JsonSerializerContext;
