using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Options;

namespace EdgeAI.Remote.Configuration;

/// <summary>Checks a cluster's options at the app's start.</summary>
/// <param name="optionsName">The name of the options that are this cluster's.</param>
/// <param name="cluster">What the cluster is called.</param>
/// <param name="hasSource">Whether its endpoints come from a source.</param>
internal sealed class RemoteClusterOptionsValidator(string optionsName, string cluster, bool hasSource) : IValidateOptions<RemoteClusterOptions>
{
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "The context is only handed to our own Validate, which looks at no type by reflection.")]
    public ValidateOptionsResult Validate(string? name, RemoteClusterOptions options)
    {
        if (name != optionsName)
        {
            return ValidateOptionsResult.Skip;
        }

        var places = (options.Endpoints.Count > 0 ? 1 : 0) + (options.Dns is null ? 0 : 1) + (options.Service is null ? 0 : 1) + (hasSource ? 1 : 0);
        string[] problems =
        [
            .. options.Validate(new ValidationContext(options, nameof(RemoteClusterOptions), null, null)).Select(problem => problem.ErrorMessage!),
            .. places == 1 ? Array.Empty<string>() : ["Endpoints, Dns, Service or an IRemoteEndpointSource must be given: one of them."],
            .. Enum.IsDefined(options.Transport) && Enum.IsDefined(options.Tensors) ? Array.Empty<string>() : ["Transport must be Grpc or Rest, and Tensors Auto, Binary or Json."],
        ];
        return problems.Length == 0
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(problems.Select(problem => $"The remote cluster '{cluster}' ({RemoteClusterOptions.SectionName}:{cluster}): {problem}"));
    }
}
