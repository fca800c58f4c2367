using System.Globalization;

namespace EdgeAI.Storage.Tests;

/// <summary>How much the tests that search for faults do: little in every run, much with EDGEAI_NIGHTLY=1. EDGEAI_SEED makes a run search elsewhere.</summary>
internal static class NightlyRun
{
    public static bool IsOn { get; } = Environment.GetEnvironmentVariable("EDGEAI_NIGHTLY") == "1";

    /// <summary>Where random choices begin; the same in every run unless it is asked otherwise.</summary>
    public static int Seed { get; } = int.Parse(Environment.GetEnvironmentVariable("EDGEAI_SEED") ?? "1", CultureInfo.InvariantCulture);

    public static int Count(int always, int nightly) => IsOn ? nightly : always;
}
