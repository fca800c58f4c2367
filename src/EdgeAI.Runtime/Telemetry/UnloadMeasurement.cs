using System.Diagnostics;

namespace EdgeAI.Telemetry;

/// <summary>The end of a session, from its beginning until this is disposed.</summary>
internal readonly struct UnloadMeasurement(RuntimeTelemetry telemetry, Activity? activity, long begun) : IDisposable
{
    public void Dispose()
    {
        telemetry.EndUnload(begun);
        activity?.Dispose();
    }
}
