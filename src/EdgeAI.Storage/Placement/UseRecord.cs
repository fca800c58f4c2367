using EdgeAI.Models;

namespace EdgeAI.Storage.Placement;

/// <summary>That a model was laid out or loaded.</summary>
/// <param name="Model">The manifest.</param>
/// <param name="At">When.</param>
/// <param name="Length">What its files take, in bytes.</param>
internal readonly record struct UseRecord(Digest Model, DateTimeOffset At, long Length);
