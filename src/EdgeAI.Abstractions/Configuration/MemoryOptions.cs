using System.ComponentModel.DataAnnotations;

namespace EdgeAI.Configuration;

/// <summary>How much memory loaded models may take, and what happens when it is not enough.</summary>
public sealed class MemoryOptions : IValidatableObject
{
    /// <summary>The most private host memory that models take together, in bytes. A load that does not fit is not begun.</summary>
    /// <value>The default is null: half of what the machine, or the container that the process is in, has. More than 0.</value>
    [Range(1, long.MaxValue)]
    public long? HostPrivateBytes { get; set; }

    /// <summary>
    /// The bytes of mapped weights from which on idle models are unloaded for a new one. The kernel can drop mapped pages, so a model is never refused for them: one that is larger than
    /// this, or than the machine, runs from its file.
    /// </summary>
    /// <value>The default is null: three quarters of what the machine, or the container that the process is in, has. More than 0.</value>
    [Range(1, long.MaxValue)]
    public long? HostMappedBytes { get; set; }

    /// <summary>The most memory that models take on all devices together, in bytes. A load that does not fit is not begun.</summary>
    /// <value>The default is null: no limit. More than 0.</value>
    [Range(1, long.MaxValue)]
    public long? DeviceBytes { get; set; }

    /// <summary>What happens to a load when there is no room for it.</summary>
    /// <value>The default is <see cref="MemoryAdmission.Evict"/>.</value>
    [EnumDataType(typeof(MemoryAdmission))]
    public MemoryAdmission Admission { get; set; }

    /// <summary>How long a load waits for room before it fails.</summary>
    /// <value>The default is 1 minute; more than zero, or <see cref="Timeout.InfiniteTimeSpan"/>.</value>
    public TimeSpan AdmissionTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How often the machine's and the container's memory is looked at while models are loaded, so that idle ones make room for others than us.</summary>
    /// <value>The default is 1 second; zero never looks.</value>
    public TimeSpan PressureInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The share of the machine's or the container's memory in use, without what the kernel can drop, from which on idle models are unloaded.</summary>
    /// <value>The default is 0.9; the range is 0.1 to 1.</value>
    [Range(0.1, 1)]
    public double PressureThreshold { get; set; } = 0.9;

    /// <summary>The percentage of time that all tasks stood still for want of memory, in the last ten seconds, from which on idle models are unloaded. Only Linux tells it.</summary>
    /// <value>The default is 10; the range is 1 to 100.</value>
    [Range(1, 100)]
    public double PressureStallPercent { get; set; } = 10;

    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext)
    {
        if (AdmissionTimeout <= TimeSpan.Zero && AdmissionTimeout != Timeout.InfiniteTimeSpan)
        {
            yield return new ValidationResult($"AdmissionTimeout is {AdmissionTimeout}; it must be more than zero, or -00:00:00.0010000 for ever.", [nameof(AdmissionTimeout)]);
        }

        if (PressureInterval < TimeSpan.Zero)
        {
            yield return new ValidationResult($"PressureInterval is {PressureInterval}; it must be zero or more.", [nameof(PressureInterval)]);
        }
    }
}
