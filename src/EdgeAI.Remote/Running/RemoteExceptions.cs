using EdgeAI.Inference;
using EdgeAI.Models;
using EdgeAI.Providers;
using EdgeAI.Remote.Protocol;

namespace EdgeAI.Remote.Running;

/// <summary>What the engine, and whoever called it, is told of a call that failed.</summary>
internal static class RemoteExceptions
{
    public static Exception OfRun(ModelReference model, ExecutionDevice device, RemoteModelName name, TimeSpan? deadline, RemoteCallException exception) => exception.Kind switch
    {
        RemoteFailure.Unreachable or RemoteFailure.Busy or RemoteFailure.Broken or RemoteFailure.Denied => Unavailable(model, device, exception),
        RemoteFailure.Late when deadline is { } allowed => new RunDeadlineException(model.ToString(), allowed),
        RemoteFailure.Late => Unavailable(model, device, exception),
        RemoteFailure.Missing => Missing(model, device, name, exception),
        RemoteFailure.Garbled => new InferenceException(model.ToString(), device.ToString(), exception.Message, Protocol(exception)),
        _ => new InferenceException(model.ToString(), device.ToString(), At(exception), new EdgeAIException(At(exception), exception)),
    };

    public static Exception OfLoad(ModelReference model, ExecutionDevice device, RemoteModelName name, RemoteCallException exception) => exception.Kind switch
    {
        RemoteFailure.Missing => Missing(model, device, name, exception),
        RemoteFailure.Garbled => new ModelLoadException(model.ToString(), device.ToString(), exception.Message, Protocol(exception)),
        RemoteFailure.Refused or RemoteFailure.Failed => new ModelLoadException(model.ToString(), device.ToString(), At(exception), new EdgeAIException(At(exception), exception)),
        _ => Unavailable(model, device, exception),
    };

    private static RemoteUnavailableException Unavailable(ModelReference model, ExecutionDevice device, RemoteCallException exception) =>
        new(model.ToString(), device.ToString(), exception.Kind == RemoteFailure.Denied ? $"{At(exception)} It does not accept this machine's key or certificate (ApiKey, ApiKeyHeader, Tls)." : At(exception), exception);

    private static ModelLoadException Missing(ModelReference model, ExecutionDevice device, RemoteModelName name, RemoteCallException exception) => new(
        model.ToString(),
        device.ToString(),
        At(exception),
        new ModelNotFoundException(model, device.ToString(), $"It was asked for {name}: bring it there, say in the cluster's options (Models) what it is called there, or let it be loaded (LoadModels). It said: {At(exception)}"));

    private static RemoteProtocolException Protocol(RemoteCallException exception) => new(exception.Endpoint ?? "the cluster", exception.Message, exception);

    private static string At(RemoteCallException exception) => exception.Endpoint is { } endpoint ? $"{endpoint}: {Sentence(exception.Message)}" : Sentence(exception.Message);

    private static string Sentence(string text) => text.EndsWith('.') ? text : text + ".";
}
