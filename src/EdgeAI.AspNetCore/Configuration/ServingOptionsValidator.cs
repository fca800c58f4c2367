using Microsoft.Extensions.Options;

namespace EdgeAI.AspNetCore.Configuration;

/// <summary>Checks options at the app's start. What it says of a key never holds the key.</summary>
internal sealed class ServingOptionsValidator : IValidateOptions<ServingOptions>
{
    private const int MinKeyLength = 16;
    private const int HashDigits = 64;

    private readonly ServingOptionsAttributesValidator _attributes = new();

    public ValidateOptionsResult Validate(string? name, ServingOptions options)
    {
        var result = new ValidateOptionsResultBuilder();
        result.AddResult(_attributes.Validate(name, options));
        if (options.Limits.RequestTimeout <= TimeSpan.Zero)
        {
            result.AddError($"it is {options.Limits.RequestTimeout}; it must be more than zero.", "Limits:RequestTimeout");
        }

        if (options.UploadLifetime <= TimeSpan.Zero)
        {
            result.AddError($"it is {options.UploadLifetime}; it must be more than zero.", "UploadLifetime");
        }

        foreach (var key in options.ApiKeys)
        {
            if (FindProblem(key) is { } problem)
            {
                result.AddError($"the key '{key.Name}' {problem}", "ApiKeys");
            }
        }

        foreach (var twice in options.ApiKeys.GroupBy(key => key.Name, StringComparer.Ordinal).Where(group => group.Count() > 1))
        {
            result.AddError($"the name '{twice.Key}' is there {twice.Count()} times; each key needs a name of its own.", "ApiKeys");
        }

        return result.Build();
    }

    private static string? FindProblem(ApiKeyOptions key) => key switch
    {
        { Key: null, Sha256: null } or { Key: not null, Sha256: not null } => "needs either Key or Sha256.",
        { Key.Length: < MinKeyLength } => $"is shorter than {MinKeyLength} characters.",
        { Sha256: { } hash } when hash.Length != HashDigits || !hash.All(char.IsAsciiHexDigit) => $"has a Sha256 that is not {HashDigits} hexadecimal digits.",
        { Scopes.Count: 0 } => $"has no scope; give it some of {string.Join(", ", ServingScopes.All)}.",
        _ when key.Scopes.FirstOrDefault(scope => !ServingScopes.All.Contains(scope)) is { } unknown => $"has the scope '{unknown}'; there are {string.Join(", ", ServingScopes.All)}.",
        _ => null,
    };
}
