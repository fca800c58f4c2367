using System.ComponentModel.DataAnnotations;
using EdgeAI.Transfers;

namespace EdgeAI.Configuration;

/// <summary>How fast an instance may move bytes to and from other machines.</summary>
public sealed class BandwidthOptions : IValidatableObject
{
    /// <summary>The most that goes out, such as <c>20Mbps</c> or <c>2.5MB/s</c>.</summary>
    /// <value>The default is null: no limit. See <see cref="TransferRate"/> for what can be written.</value>
    public string? Up { get; set; }

    /// <summary>The most that comes in, such as <c>100Mbps</c>.</summary>
    /// <value>The default is null: no limit.</value>
    public string? Down { get; set; }

    /// <summary>
    /// The share of the bytes that transfers of a lower priority get while those of a higher one go on, so that they never stop for good. The higher ones take longer by about as much for
    /// each lower priority that waits.
    /// </summary>
    /// <value>The default is 0.02; the range is 0 to 0.04. With 0 they wait until the higher ones are done.</value>
    [Range(0, 0.04)]
    public double GuaranteedShare { get; set; } = 0.02;

    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext)
    {
        foreach (var (name, value) in (ReadOnlySpan<(string, string?)>)[(nameof(Up), Up), (nameof(Down), Down)])
        {
            if (FindProblem(value) is { } problem)
            {
                return [new ValidationResult(problem, [name])];
            }
        }

        return [];
    }

    private static string? FindProblem(string? rate)
    {
        try
        {
            _ = rate is null ? default : TransferRate.Parse(rate);
            return null;
        }
        catch (FormatException exception)
        {
            return exception.Message;
        }
    }
}
