using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Configuration;

namespace EdgeAI.Storage.S3;

/// <summary>Reads options from a configuration section, and names what it can't read without showing its value.</summary>
internal static class S3OptionsSection
{
    /// <param name="section">The section.</param>
    /// <param name="options">The options' type.</param>
    /// <param name="bind">Binds the section.</param>
    /// <param name="refuse">Makes the exception for what is wrong.</param>
    public static void Read(
        IConfiguration section,
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicProperties)] Type options,
        Action bind,
        Func<string, Exception> refuse)
    {
        var known = options.GetProperties().Select(property => property.Name).Order(StringComparer.Ordinal).ToArray();
        if (section.GetChildren().FirstOrDefault(child => !known.Contains(child.Key, StringComparer.OrdinalIgnoreCase)) is { } unknown)
        {
            throw refuse($"'{unknown.Key}' is no option; there are {string.Join(", ", known)}.");
        }

        try
        {
            bind();
        }
        catch (InvalidOperationException exception)
        {
            // Its message has the value, and that may be a secret in the wrong place.
            throw refuse($"A value can't be read: {exception.InnerException?.GetType().Name ?? "it is of the wrong kind"}. Look at numbers, durations ('00:00:30'), addresses and true or false.");
        }
    }
}
