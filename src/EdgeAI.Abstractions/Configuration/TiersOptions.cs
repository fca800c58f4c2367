using System.ComponentModel.DataAnnotations;
using EdgeAI.Storage;

namespace EdgeAI.Configuration;

/// <summary>Over which disks of the machine a store spreads. Without any of it, all is in the store's own directory.</summary>
public sealed class TiersOptions : IValidatableObject
{
    /// <summary>Where models are laid out, ready to map: the fastest disk.</summary>
    public TierOptions Hot { get; set; } = new();

    /// <summary>Where packs are, and whatever is being imported or pulled.</summary>
    public TierOptions Warm { get; set; } = new();

    /// <summary>Where packs of models go that are not used: the cheapest disk. A capacity is not kept there.</summary>
    public TierOptions Cold { get; set; } = new();

    /// <summary>When models go to slower tiers.</summary>
    /// <value>The default is none: they go when others need the room.</value>
    public IList<LifecycleRule> Lifecycle { get; } = [];

    /// <summary>How often an app's host looks whether models are where they should be.</summary>
    /// <value>The default is 10 minutes; more than zero.</value>
    public TimeSpan PlacementInterval { get; set; } = TimeSpan.FromMinutes(10);

    IEnumerable<ValidationResult> IValidatableObject.Validate(ValidationContext validationContext)
    {
        foreach (var (name, tier) in (IEnumerable<(string, TierOptions)>)[(nameof(Hot), Hot), (nameof(Warm), Warm), (nameof(Cold), Cold)])
        {
            if (tier.Capacity is { } capacity && !ByteSize.TryParse(capacity, null, out _))
            {
                yield return new ValidationResult($"The capacity of {name} is '{capacity}': write a number and a unit, such as '64GB'.", [name]);
            }

            if (tier.Compression is { } compression && (name != nameof(Cold) || !Enum.IsDefined(compression)))
            {
                yield return new ValidationResult($"The compression of {name} is {compression}: Cold alone has one, None or Stronger.", [name]);
            }

            if (tier.CompressionRate is { } rate && (name != nameof(Cold) || !ByteSize.TryParse(rate, null, out var perSecond) || perSecond.Bytes <= 0))
            {
                yield return new ValidationResult($"The compression rate of {name} is '{rate}': Cold alone has one, a number and a unit, such as '5MB', above 0.", [name]);
            }

            if (tier.Directory is { } directory && string.IsNullOrWhiteSpace(directory))
            {
                yield return new ValidationResult($"The directory of {name} is empty: name one, or leave it out.", [name]);
            }
        }

        if (new[] { Hot, Warm, Cold }.Select(tier => tier.Directory).OfType<string>().Where(directory => !string.IsNullOrWhiteSpace(directory)).Select(Path.GetFullPath).GroupBy(path => path).Any(same => same.Count() > 1))
        {
            yield return new ValidationResult("Two tiers have the same directory: give each one of its own, or leave out all but one.", [nameof(Hot), nameof(Warm), nameof(Cold)]);
        }

        if (Warm.Capacity is not null && Cold.Directory is null)
        {
            yield return new ValidationResult("Warm has a capacity and there is no Cold: what is too much would have nowhere to go. Give Cold a directory.", [nameof(Warm)]);
        }

        foreach (var rule in Lifecycle)
        {
            if (rule.After <= TimeSpan.Zero || rule.To is not (Tier.Warm or Tier.Cold))
            {
                yield return new ValidationResult($"A rule sends to {rule.To} after {rule.After}: After must be more than zero, and To be Warm or Cold.", [nameof(Lifecycle)]);
            }
            else if (rule.To == Tier.Cold && Cold.Directory is null)
            {
                yield return new ValidationResult("A rule sends to Cold, and Cold has no directory.", [nameof(Lifecycle)]);
            }
        }

        if (PlacementInterval <= TimeSpan.Zero)
        {
            yield return new ValidationResult($"PlacementInterval is {PlacementInterval}; it must be more than zero.", [nameof(PlacementInterval)]);
        }
    }
}
