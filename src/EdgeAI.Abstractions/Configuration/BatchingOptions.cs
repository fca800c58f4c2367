using System.ComponentModel.DataAnnotations;

namespace EdgeAI.Configuration;

/// <summary>
/// How requests for one model are gathered into one run. While a batch runs the next one gathers, so that with the default of <see cref="MaxDelay"/> no request ever waits for others to come.
/// </summary>
/// <remarks>
/// Only requests whose inputs have the same shapes, but for the first dimension, share a run; nothing is padded. The model must treat rows one by one. One that looks across rows, such as one that
/// quantises its inputs as it runs, gives a row another result in other company: don't batch it. Where rows are independent, results differ from single runs by rounding at most, because kernels
/// add in another order for another number of rows. A request that is cancelled before its run leaves at once, and one in a run at the run's end, unless all in it are cancelled.
/// </remarks>
public sealed record BatchingOptions : IValidatableObject
{
    /// <summary>The most rows that one run takes. A request counts as the rows it has; one with more runs by itself.</summary>
    /// <value>The default is 8; the range is 1 to 65536, and 1 switches batching off.</value>
    [Range(1, 65536)]
    public int MaxBatchSize { get; set; } = 8;

    /// <summary>How long a request may wait for others while the device is free and the batch is not full.</summary>
    /// <value>The default is zero: it does not wait. The range is zero to one minute.</value>
    public TimeSpan MaxDelay { get; set; }

    /// <summary>How many batches of the model may run at once.</summary>
    /// <value>The default is 1, which lets batches grow; the range is 1 to 64.</value>
    [Range(1, 64)]
    public int MaxConcurrentBatches { get; set; } = 1;

    /// <summary>
    /// Says that each request carries all that its result depends on. A model that seems to hand state on, from an output to an input of the same type and a like name, is refused unless this says
    /// that its state has the rows of the batch too.
    /// </summary>
    /// <value>The default is false.</value>
    public bool IsStateless { get; set; }

    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext)
    {
        if (MaxDelay < TimeSpan.Zero || MaxDelay > TimeSpan.FromMinutes(1))
        {
            yield return new ValidationResult($"MaxDelay is {MaxDelay}; it must be from zero to one minute.", [nameof(MaxDelay)]);
        }
    }
}
