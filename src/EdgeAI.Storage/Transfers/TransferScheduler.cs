using System.ComponentModel.DataAnnotations;
using System.Diagnostics.Metrics;
using EdgeAI.Configuration;
using EdgeAI.Storage.Telemetry;
using EdgeAI.Telemetry;
using EdgeAI.Transfers;

namespace EdgeAI.Storage.Transfers;

/// <summary>The scheduler of an instance's transfers: token buckets for up and down, and priorities. See the readme beside.</summary>
/// <remarks>Thread-safe.</remarks>
public sealed class TransferScheduler : ITransferScheduler, IBackgroundTransfers
{
    private static readonly Meter SharedMeter = new(EdgeAITelemetry.MeterName);

    private readonly TransferLane _down;
    private readonly TransferLane _up;

    /// <summary>Makes a scheduler.</summary>
    /// <param name="options">The rates; null for none.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <param name="meter">Where its instruments are made; null for one that all schedulers without a meter share.</param>
    /// <exception cref="ValidationException">An option is out of its range.</exception>
    public TransferScheduler(BandwidthOptions? options = null, TimeProvider? time = null, Meter? meter = null)
    {
        options ??= new BandwidthOptions();
        if (((IValidatableObject)options).Validate(new ValidationContext(options, nameof(BandwidthOptions), null, null)).FirstOrDefault() is { } problem)
        {
            throw new ValidationException(problem, null, options);
        }

        if (options.GuaranteedShare is not (>= 0 and <= 0.04))
        {
            throw new ValidationException($"GuaranteedShare is {options.GuaranteedShare}; it must be 0 to 0.04.");
        }

        time ??= TimeProvider.System;
        meter ??= SharedMeter;
        _down = new TransferLane(RateOf(options.Down), options.GuaranteedShare, time, new TransferTelemetry(meter, "down"));
        _up = new TransferLane(RateOf(options.Up), options.GuaranteedShare, time, new TransferTelemetry(meter, "up"));
    }

    /// <inheritdoc/>
    public bool IsPaused
    {
        get => _down.IsPaused;
        set
        {
            _down.IsPaused = value;
            _up.IsPaused = value;
        }
    }

    /// <inheritdoc/>
    public ValueTask<ITransfer> BeginAsync(TransferDirection direction, TransferPriority priority, CancellationToken cancellationToken = default)
    {
        if (!Enum.IsDefined(priority))
        {
            throw new ArgumentOutOfRangeException(nameof(priority), priority, "It is none of the priorities.");
        }

        return direction switch
        {
            TransferDirection.Down => _down.BeginAsync(priority, cancellationToken),
            TransferDirection.Up => _up.BeginAsync(priority, cancellationToken),
            _ => throw new ArgumentOutOfRangeException(nameof(direction), direction, "It is none of the directions."),
        };
    }

    private static long? RateOf(string? rate) => rate is null ? null : TransferRate.Parse(rate).BytesPerSecond;
}
