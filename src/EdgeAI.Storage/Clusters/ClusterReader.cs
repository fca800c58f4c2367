using System.Buffers;
using System.Runtime.CompilerServices;
using EdgeAI.Storage.Telemetry;
using EdgeAI.Storage.Tiers;
using EdgeAI.Storage.Transfers;
using Microsoft.Extensions.Logging;

namespace EdgeAI.Storage.Clusters;

/// <summary>
/// Reads from the first cluster that is well, and from the next where that one fails, is slow, lacks what is asked for or has it damaged. Thread-safe.
/// </summary>
/// <param name="members">The clusters, in the order in which they are asked.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">Told of failures.</param>
/// <param name="requests">What its bytes ask for their turn, whose wait is not the clusters'; null where the tiers ask themselves.</param>
/// <param name="telemetry">What tells of requests; null for that of stores without a meter.</param>
/// <param name="order">In which order they are asked; null for that in which they are given.</param>
internal sealed partial class ClusterReader(
    IReadOnlyList<ClusterMember> members,
    TimeProvider time,
    ILogger logger,
    PacedRequests? requests = null,
    StorageTelemetry? telemetry = null,
    ClusterOrder? order = null)
{
    /// <summary>With no other cluster to go to a slow one is waited for so many times longer, but not for ever.</summary>
    public const int Patience = 6;

    /// <summary>A request whose time says how the cluster is, rather than how much was asked for.</summary>
    public const string Lookup = "lookup";

    private const string Range = "range";
    private const int SmallRange = 64 << 10;
    private const int Rounds = 3;
    private const int Growth = 8;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);

    private readonly StorageTelemetry _telemetry = telemetry ?? StorageTelemetry.Default;
    private readonly ClusterOrder _order = order ?? new();
    private StrongBox<long> _bytes = new();

    /// <summary>The clusters, in the order in which they are asked.</summary>
    public IReadOnlyList<ClusterMember> Members => members;

    /// <summary>Bytes that were read so far.</summary>
    public long Bytes => Interlocked.Read(ref _bytes.Value);

    /// <summary>A reader of the same clusters, or of one of them, that counts its own bytes.</summary>
    /// <param name="only">The name of the one; null for all.</param>
    /// <param name="paced">What its bytes ask for their turn.</param>
    /// <exception cref="ArgumentException">There is none of that name.</exception>
    public ClusterReader Begin(string? only, PacedRequests paced) => new(
        only is null ? members : [members.FirstOrDefault(member => member.Name == only)
            ?? throw new ArgumentException($"The store has no cluster '{only}'; it has {(members.Count == 0 ? "none" : string.Join(", ", members.Select(member => member.Name)))}.", nameof(only))],
        time,
        logger,
        paced,
        _telemetry,
        _order);

    /// <summary>A reader of one of the clusters, whose bytes are counted here.</summary>
    public ClusterReader Only(ClusterMember member) => new([member], time, logger, requests, _telemetry, _order) { _bytes = _bytes };

    /// <summary>Reads an object whole.</summary>
    /// <param name="key">The key.</param>
    /// <param name="maxLength">The longest that is read.</param>
    /// <param name="isCached">Whether what a cache before a cluster has will do; where that is not right, the cluster itself is asked anyway.</param>
    /// <param name="isRight">Whether the bytes are what they should be; where not, the next cluster is asked.</param>
    /// <param name="action">What is being done, for a message.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>Null when no cluster has it, right.</returns>
    /// <exception cref="ClusterUnavailableException">No cluster has it, and not all could be asked.</exception>
    public async ValueTask<byte[]?> ReadWholeAsync(string key, long maxLength, bool isCached, Predicate<byte[]> isRight, string action, CancellationToken cancellationToken)
    {
        var whole = await AskAsync(
            [],
            action,
            async (member, token) =>
            {
                var bytes = await ReadWholeAsync(member.Tier, key, maxLength, isCached, token).ConfigureAwait(false);
                if (bytes is null || isRight(bytes))
                {
                    return bytes;
                }

                // What a cache before it has wrong, the cluster may have right.
                bytes = await ReadWholeAsync(member.Tier, key, maxLength, isCached: false, token).ConfigureAwait(false);
                return bytes is not null && isRight(bytes) ? bytes : null;
            },
            cancellationToken).ConfigureAwait(false);
        await TakeTurnAsync(whole?.Length ?? 0, cancellationToken).ConfigureAwait(false);
        return whole;
    }

    /// <summary>Reads a range of an object.</summary>
    /// <param name="key">The key.</param>
    /// <param name="offset">Where the range begins.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="isCached">Whether what a cache before a cluster has will do.</param>
    /// <param name="except">Clusters that are not asked.</param>
    /// <param name="action">What is being done, for a message.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    /// <returns>Null when no cluster has it whole.</returns>
    /// <exception cref="ClusterUnavailableException">No cluster has it, and not all could be asked.</exception>
    public async ValueTask<ClusterRange?> ReadRangeAsync(
        string key,
        long offset,
        int length,
        bool isCached,
        IReadOnlyCollection<ClusterMember> except,
        string action,
        CancellationToken cancellationToken)
    {
        await TakeTurnAsync(length, cancellationToken).ConfigureAwait(false);
        var found = await AskAsync(
            except,
            action,
            async (member, token) =>
            {
                // Whoever is slow may go on writing after it was left: its memory is not given back to others.
                var buffer = ArrayPool<byte>.Shared.Rent(length);
                var read = await ReadAsync(member.Tier, key, offset, buffer.AsMemory(0, length), isCached, token).ConfigureAwait(false);
                Count(read);
                if (read == length)
                {
                    return new StrongBox<ClusterRange>(new ClusterRange(member, buffer, length));
                }

                ArrayPool<byte>.Shared.Return(buffer);
                return null;
            },
            cancellationToken,
            length > SmallRange ? Range : Lookup).ConfigureAwait(false);
        return found?.Value;
    }

    /// <summary>The objects whose keys begin with a prefix, by the first cluster that has any; while reads go to a backup, by the first that answers where they are only wanted.</summary>
    public async ValueTask<IReadOnlyList<StorageObject>> ListAsync(string prefix, string action, CancellationToken cancellationToken, bool areOnlyWanted = false)
    {
        List<StorageObject>? none = areOnlyWanted && _order.PrefersBackup ? [] : null;
        return await AskAsync([], action, async (member, token) => await ListAsync(member.Tier, prefix, token).ConfigureAwait(false) ?? none, cancellationToken).ConfigureAwait(false) ?? [];
    }

    /// <summary>Asks one cluster once for the length of an object, as a look at how it is.</summary>
    /// <exception cref="ClusterUnavailableException">It did not answer, or is left alone for a while.</exception>
    public async ValueTask ProbeAsync(ClusterMember member, string key, CancellationToken cancellationToken)
    {
        const string Action = "say that it is there";
        if (!member.Circuit.TryEnter(out var isProbe))
        {
            throw new ClusterUnavailableException([member.Name], Action, "it failed a moment ago, and is left alone for a while", null);
        }

        try
        {
            await _telemetry.Cluster.MeasureAsync(
                member.Name,
                "probe",
                () => AskAsync<object>(
                    member,
                    isProbe,
                    member.Cluster.SlowAfter,
                    async (asked, token) => await asked.Tier.GetLengthAsync(key, token).ConfigureAwait(false) is { } length ? length : null,
                    cancellationToken)).ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ClusterUnavailableException([member.Name], Action, exception.Message, exception);
        }
    }

    /// <summary>Asks one cluster after the other until one has an answer.</summary>
    /// <param name="except">Clusters that are not asked.</param>
    /// <param name="action">What is being done, for a message.</param>
    /// <param name="ask">Asks one; null when it lacks it.</param>
    /// <param name="cancellationToken">Cancels the asking.</param>
    /// <param name="request">What kind of request it is, for telemetry.</param>
    public async ValueTask<T?> AskAsync<T>(
        IReadOnlyCollection<ClusterMember> except,
        string action,
        Func<ClusterMember, CancellationToken, ValueTask<T?>> ask,
        CancellationToken cancellationToken,
        string request = Lookup)
        where T : class
    {
        Exception? failure = null;
        var pause = FirstPause;
        for (var round = 0; ; round++)
        {
            var (lacking, tried) = (0, 0);
            var asked = _order.Apply(members).Where(member => !except.Contains(member)).ToList();
            for (var i = 0; i < asked.Count; i++)
            {
                var member = asked[i];
                if (!member.Circuit.TryEnter(out var isProbe))
                {
                    continue;
                }

                tried++;
                var limit = asked.Skip(i + 1).Any(other => other.Circuit.IsUsable) ? member.Cluster.SlowAfter : Patience * member.Cluster.SlowAfter;
                try
                {
                    var answer = await _telemetry.Cluster.MeasureAsync(member.Name, request, () => AskAsync(member, isProbe, limit, ask, cancellationToken)).ConfigureAwait(false);
                    if (answer is not null)
                    {
                        return answer;
                    }

                    lacking++;
                }
                catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
                {
                    failure = exception;
                    LogFailed(logger, member.Name, action, exception);
                }
            }

            if (lacking == asked.Count)
            {
                return null;
            }

            if (tried == lacking || round + 1 == Rounds)
            {
                throw new ClusterUnavailableException(
                    [.. asked.Select(member => member.Name)],
                    action,
                    failure?.Message ?? "it failed a moment ago, and is left alone for a while",
                    failure);
            }

            await Task.Delay(pause * (0.5 + Random.Shared.NextDouble()), time, cancellationToken).ConfigureAwait(false);
            pause *= 2;
        }
    }

    /// <summary>Reads an object of one tier whole; null when there is none, or it is longer than asked.</summary>
    public ValueTask<byte[]?> ReadWholeAsync(IStorageTier tier, string key, long maxLength, CancellationToken cancellationToken) =>
        ReadWholeAsync(tier, key, maxLength, isCached: true, cancellationToken);

    // Until it ends, in pieces that grow: most are short, and come in one go. Nobody is asked for the length, which a cache before a cluster that is gone may not know.
    private async ValueTask<byte[]?> ReadWholeAsync(IStorageTier tier, string key, long maxLength, bool isCached, CancellationToken cancellationToken)
    {
        var bytes = new byte[SmallObject.MaxLength];
        for (var length = 0; length <= maxLength;)
        {
            var read = await ReadAsync(tier, key, length, bytes.AsMemory(length), isCached, cancellationToken).ConfigureAwait(false);
            Count(read);
            if (read < 0)
            {
                return null;
            }

            length += read;
            if (length < bytes.Length)
            {
                return length <= maxLength ? bytes[..length] : null;
            }

            Array.Resize(ref bytes, (int)Math.Min(Math.Max(maxLength + 1, length), (long)Growth * length));
        }

        return null;
    }

    private static ValueTask<int> ReadAsync(IStorageTier tier, string key, long offset, Memory<byte> destination, bool isCached, CancellationToken cancellationToken) =>
        isCached ? tier.ReadAsync(key, offset, destination, cancellationToken) : tier.ReadUncachedAsync(key, offset, destination, cancellationToken);

    /// <summary>The objects of one tier whose keys begin with a prefix; null when there are none.</summary>
    public static async ValueTask<List<StorageObject>?> ListAsync(IStorageTier tier, string prefix, CancellationToken cancellationToken)
    {
        var found = new List<StorageObject>();
        await foreach (var stored in tier.ListAsync(prefix, cancellationToken).ConfigureAwait(false))
        {
            found.Add(stored);
        }

        return found.Count == 0 ? null : found;
    }

    private async Task<T?> AskAsync<T>(
        ClusterMember member,
        bool isProbe,
        TimeSpan limit,
        Func<ClusterMember, CancellationToken, ValueTask<T?>> ask,
        CancellationToken cancellationToken)
        where T : class
    {
        bool? isWell = null;
        using var late = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            // Waited for from outside: not every client hears of a cancellation at once.
            var answer = await Task.Run(() => ask(member, either.Token).AsTask(), either.Token).WaitAsync(either.Token).ConfigureAwait(false);
            isWell = true;
            return answer;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            isWell = false;
            if (late.IsCancellationRequested)
            {
                throw new TimeoutException($"The cluster '{member.Name}' did not answer within {limit.TotalSeconds:0.###} s.", exception);
            }

            throw;
        }
        finally
        {
            member.Circuit.Leave(isProbe, isWell);
        }
    }

    private ValueTask TakeTurnAsync(int bytes, CancellationToken cancellationToken) => requests?.BeginAsync(bytes, cancellationToken) ?? default;

    private void Count(int read) => Interlocked.Add(ref _bytes.Value, Math.Max(0, read));

    [LoggerMessage(1, LogLevel.Warning, "The cluster {Cluster} failed to {Action}.")]
    private static partial void LogFailed(ILogger logger, string cluster, string action, Exception exception);
}
