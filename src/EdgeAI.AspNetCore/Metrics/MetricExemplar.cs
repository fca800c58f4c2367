using System.Diagnostics;

namespace EdgeAI.AspNetCore.Metrics;

/// <summary>A measurement that was made within a trace.</summary>
internal sealed record MetricExemplar(ActivityTraceId Trace, ActivitySpanId Span, double Value, DateTimeOffset At);
