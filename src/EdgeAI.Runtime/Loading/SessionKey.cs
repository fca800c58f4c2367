using EdgeAI.Configuration;
using EdgeAI.Models;
using EdgeAI.Providers;

namespace EdgeAI.Loading;

/// <summary>What those have in common who share a session.</summary>
/// <param name="Digest">The model.</param>
/// <param name="Device">Where it is loaded; null when the loading chooses.</param>
/// <param name="Isolation">Whether it is in a worker process.</param>
internal readonly record struct SessionKey(Digest Digest, ExecutionDevice? Device, ModelIsolation Isolation);
