using System.Globalization;

namespace EdgeAI.Testing;

/// <summary>How much the tests that search for faults do: little in every run, much with EDGEAI_NIGHTLY=1. EDGEAI_SEED makes a run search elsewhere.</summary>
public static class NightlyRun
{
    /// <summary>Whether this is a nightly run.</summary>
    public static bool IsOn { get; } = Environment.GetEnvironmentVariable("EDGEAI_NIGHTLY") == "1";

    /// <summary>Where random choices begin; the same in every run unless it is asked otherwise.</summary>
    public static int Seed { get; } = int.Parse(Environment.GetEnvironmentVariable("EDGEAI_SEED") ?? "1", CultureInfo.InvariantCulture);

    /// <summary>How often something is done.</summary>
    /// <param name="always">In every run.</param>
    /// <param name="nightly">At night.</param>
    public static int Count(int always, int nightly) => IsOn ? nightly : always;
}
