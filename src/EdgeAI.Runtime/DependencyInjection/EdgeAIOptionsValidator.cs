using EdgeAI.Configuration;
using EdgeAI.Models;
using EdgeAI.Sources;
using Microsoft.Extensions.Options;

namespace EdgeAI.DependencyInjection;

/// <summary>Checks options at the app's start, so that a mistake is heard then and not at the first request.</summary>
internal sealed class EdgeAIOptionsValidator : IValidateOptions<EdgeAIOptions>
{
    private readonly EdgeAIOptionsAttributesValidator _attributes = new();

    public ValidateOptionsResult Validate(string? name, EdgeAIOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        result.AddResult(_attributes.Validate(name, options));
        if (options.Storage.LockTimeout <= TimeSpan.Zero)
        {
            result.AddError($"it is {options.Storage.LockTimeout}; it must be more than zero.", "Storage:LockTimeout");
        }

        if (options.Inference.KeepAlive < TimeSpan.Zero && options.Inference.KeepAlive != Timeout.InfiniteTimeSpan)
        {
            result.AddError($"it is {options.Inference.KeepAlive}; it must be zero or more, or -00:00:00.0010000 for ever.", "Inference:KeepAlive");
        }

        if (options.Inference.RunTimeout <= TimeSpan.Zero)
        {
            result.AddError($"it is {options.Inference.RunTimeout}; it must be more than zero.", "Inference:RunTimeout");
        }

        foreach (var (named, device) in options.Inference.Devices.Where(device => device.Value is { MaxConcurrentRuns: < 0 or > 1024 } or { QueueLength: < 0 or > 1_000_000 }))
        {
            result.AddError($"'{named}' has {device.MaxConcurrentRuns} runs at once and {device.QueueLength} waiting; 0 to 1024 and 0 to 1,000,000 are possible.", "Inference:Devices");
        }

        foreach (var model in options.Models.Where(model => !ModelReference.TryParse(model.Name, null, out _)))
        {
            result.AddError($"'{model.Name}' is not a model reference; write 'name:tag', such as 'ocr/det:v4'.", "Models");
        }

        foreach (var model in options.Models.Where(model => model.KeepAlive < TimeSpan.Zero && model.KeepAlive != Timeout.InfiniteTimeSpan))
        {
            result.AddError($"the keep-alive of '{model.Name}' is {model.KeepAlive}; it must be zero or more, or -00:00:00.0010000 for ever.", "Models");
        }

        foreach (var model in options.Models)
        {
            if (FindSourceProblem(model) is { } problem)
            {
                result.AddError($"the source of '{model.Name}' is of no use. {problem}", "Models");
            }
        }

        return result.Build();
    }

    // Only its form: that a file is missing is heard of when it is imported, and only if it is.
    private static string? FindSourceProblem(ModelOptions model)
    {
        if (model is { Path: not null, Source: not null })
        {
            return "It has a Path and a Source; give one of them.";
        }

        try
        {
            _ = ModelAddress.HasScheme(model.Source) ? ModelAddress.Parse(model.Source) : null;
            return null;
        }
        catch (InvalidModelAddressException exception)
        {
            return exception.Message;
        }
    }
}
