using System.Globalization;
using System.Text;
using EdgeAI.Storage.Tiers;

namespace EdgeAI.Storage.Clusters.Garbage;

/// <summary>
/// What is condemned on a cluster: sixteen small objects, by the first digit of the digest in a key, each changed by compare-and-swap alone. A list that can't be read counts as empty, which only keeps things
/// longer. See the readme. Thread-safe.
/// </summary>
/// <remarks>A line an object: the key, its age and when it was last looked at in milliseconds, and <c>doomed</c> or <c>condemned</c>.</remarks>
internal sealed class CondemnedLists(IStorageTier tier)
{
    /// <summary>How many lists there are.</summary>
    public const int Count = 16;

    private const string Prefix = "gc/condemned-";
    private const string Doomed = "doomed";
    private const string Condemned = "condemned";

    // Who loses so often against others has another problem.
    private const int MaxTries = 100;

    /// <summary>Which list an object is in; objects that no store writes are in none.</summary>
    public static int? ListOf(string key)
    {
        var digest = key.IndexOf('/', StringComparison.Ordinal) + 1;
        return digest > 0 && digest < key.Length && char.IsAsciiHexDigitLower(key[digest]) ? Convert.ToInt32(key[digest..(digest + 1)], 16) : null;
    }

    /// <summary>Reads a list.</summary>
    public async ValueTask<IReadOnlyList<CondemnedObject>> ReadAsync(int list, CancellationToken cancellationToken) =>
        Parse(await SmallObject.ReadAsync(tier, KeyOf(list), cancellationToken).ConfigureAwait(false));

    /// <summary>Changes a list. What does not fit is left out from the end.</summary>
    /// <param name="list">Which.</param>
    /// <param name="change">Gives the new list for the one that is there; called again when somebody else changes it meanwhile.</param>
    /// <param name="cancellationToken">Cancels; the list stays as it was.</param>
    /// <returns>What is there now.</returns>
    public async ValueTask<IReadOnlyList<CondemnedObject>> UpdateAsync(
        int list,
        Func<IReadOnlyList<CondemnedObject>, IEnumerable<CondemnedObject>> change,
        CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < MaxTries; attempt++)
        {
            var before = await SmallObject.ReadAsync(tier, KeyOf(list), cancellationToken).ConfigureAwait(false);
            var after = Serialize(change(Parse(before)));
            if ((before is null && after.Length == 0) || after.AsSpan().SequenceEqual(before)
                || await tier.CompareAndSwapAsync(KeyOf(list), before is null ? default(ReadOnlyMemory<byte>?) : before, after, cancellationToken).ConfigureAwait(false))
            {
                return Parse(after);
            }
        }

        throw new IOException($"The object '{KeyOf(list)}' of '{tier.Name}' is changed by others again and again.");
    }

    /// <summary>Takes objects off the lists: somebody counts on them.</summary>
    /// <returns>Whether none is doomed.</returns>
    public async ValueTask<bool> TryReviveAsync(IEnumerable<string> keys, CancellationToken cancellationToken)
    {
        var lists = new HashSet<string>(StringComparer.Ordinal);
        await foreach (var found in tier.ListAsync(Prefix, cancellationToken).ConfigureAwait(false))
        {
            lists.Add(found.Key);
        }

        var isWell = true;
        foreach (var needed in keys.Distinct().GroupBy(ListOf).Where(list => list.Key is { } number && lists.Contains(KeyOf(number))))
        {
            var wanted = needed.ToHashSet(StringComparer.Ordinal);
            var left = await UpdateAsync(needed.Key!.Value, there => there.Where(found => found.IsDoomed || !wanted.Contains(found.Key)), cancellationToken).ConfigureAwait(false);
            isWell &= !left.Any(found => wanted.Contains(found.Key));
        }

        return isWell;
    }

    private static string KeyOf(int list) => $"{Prefix}{list:x}";

    private static byte[] Serialize(IEnumerable<CondemnedObject> objects)
    {
        var text = new StringBuilder();
        foreach (var found in objects)
        {
            var line = string.Create(
                CultureInfo.InvariantCulture,
                $"{found.Key} {(long)found.Age.TotalMilliseconds} {found.SeenAt.ToUnixTimeMilliseconds()} {(found.IsDoomed ? Doomed : Condemned)}\n");
            if (text.Length + line.Length > SmallObject.MaxLength)
            {
                break;
            }

            text.Append(line);
        }

        return Encoding.ASCII.GetBytes(text.ToString());
    }

    private static List<CondemnedObject> Parse(byte[]? content)
    {
        var objects = new List<CondemnedObject>();
        foreach (var line in Encoding.ASCII.GetString(content ?? []).Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.Split(' ') is not [var key, var age, var seenAt, Doomed or Condemned]
                || !long.TryParse(age, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds) || milliseconds > (long)TimeSpan.MaxValue.TotalMilliseconds / 2
                || !long.TryParse(seenAt, NumberStyles.None, CultureInfo.InvariantCulture, out var at) || at > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds())
            {
                return [];
            }

            objects.Add(new CondemnedObject(key, TimeSpan.FromMilliseconds(milliseconds), DateTimeOffset.FromUnixTimeMilliseconds(at), line.EndsWith(' ' + Doomed, StringComparison.Ordinal)));
        }

        return objects;
    }
}
