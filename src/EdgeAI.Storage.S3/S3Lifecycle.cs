using System.Net;
using Amazon.S3;
using Amazon.S3.Model;

namespace EdgeAI.Storage.S3;

/// <summary>A tier's rules among those of its bucket: theirs are those whose names begin with the tier's mark. Thread-safe.</summary>
internal sealed class S3Lifecycle(S3Requests requests, S3ClusterOptions options, string cluster)
{
    private const string Action = "set or read the lifecycle rules";
    private const int MaxIdLength = 64;

    private static readonly System.Buffers.SearchValues<char> IdCharacters =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    // Stores always keep these, whatever else is in the bucket.
    private static readonly string[] Kept = ["packs/", "manifests/", "signatures/", "names/"];

    // Several tiers may share a bucket, each with its own prefix.
    private readonly string _mark = "edgeai/" + options.Prefix;

    public async Task SetAsync(IReadOnlyList<S3LifecycleRule> rules, CancellationToken cancellationToken)
    {
        Validate(rules);
        var all = await ReadAllAsync(cancellationToken).ConfigureAwait(false);
        var wanted = all.Where(rule => !IsOwn(rule)).Concat(rules.Select(ToBucket)).ToList();
        if (wanted.Count > 0)
        {
            var put = new PutLifecycleConfigurationRequest { BucketName = options.Bucket, Configuration = new LifecycleConfiguration { Rules = wanted } };
            await SendAsync((client, token) => client.PutLifecycleConfigurationAsync(put, token), cancellationToken).ConfigureAwait(false);
        }
        else if (all.Count > 0)
        {
            var delete = new DeleteLifecycleConfigurationRequest { BucketName = options.Bucket };
            await SendAsync((client, token) => client.DeleteLifecycleConfigurationAsync(delete, token), cancellationToken).ConfigureAwait(false);
        }
    }

    public async Task<IReadOnlyList<S3LifecycleRule>> GetAsync(CancellationToken cancellationToken) =>
        [.. (await ReadAllAsync(cancellationToken).ConfigureAwait(false)).Where(IsOwn).Select(FromBucket).OrderBy(rule => rule.Id, StringComparer.Ordinal)];

    private static void Validate(IReadOnlyList<S3LifecycleRule> rules)
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        foreach (var rule in rules)
        {
            var problem = !IsId(rule.Id) ? $"its Id must be 1 to {MaxIdLength} letters, digits, '-' and '_'"
                : !ids.Add(rule.Id) ? "another rule has its Id; give each its own"
                : rule.TransitionAfterDays is null && rule.ExpireAfterDays is null && rule.AbortUploadsAfterDays is null ? "it does nothing; give TransitionAfterDays, ExpireAfterDays or AbortUploadsAfterDays"
                : rule.TransitionAfterDays < 1 || rule.ExpireAfterDays < 1 || rule.AbortUploadsAfterDays < 1 ? "its days must be 1 or more"
                : rule.TransitionAfterDays is null != string.IsNullOrWhiteSpace(rule.StorageClass) ? "TransitionAfterDays and StorageClass must be given both, or neither"
                : rule.ExpireAfterDays <= rule.TransitionAfterDays ? "ExpireAfterDays must be more than TransitionAfterDays"
                : rule.ExpireAfterDays is not null && CoversModels(rule.Prefix) ? "it would delete objects that models need; give the Prefix of other ones"
                : null;
            if (problem is not null)
            {
                throw new InvalidLifecycleRuleException(rule.Id, problem);
            }
        }
    }

    private static bool CoversModels(string prefix) =>
        Array.Exists(Kept, kept => kept.StartsWith(prefix, StringComparison.Ordinal) || prefix.StartsWith(kept, StringComparison.Ordinal));

    private static bool IsId(string text) => text.Length is > 0 and <= MaxIdLength && !text.AsSpan().ContainsAnyExcept(IdCharacters);

    private bool IsOwn(LifecycleRule rule) => rule.Id is { } id && id.StartsWith(_mark, StringComparison.Ordinal) && IsId(id[_mark.Length..]);

    private async Task<List<LifecycleRule>> ReadAllAsync(CancellationToken cancellationToken)
    {
        var get = new GetLifecycleConfigurationRequest { BucketName = options.Bucket };
        try
        {
            var found = await requests.SendAsync(Action, (client, token) => client.GetLifecycleConfigurationAsync(get, token), cancellationToken).ConfigureAwait(false);
            return found.Configuration?.Rules ?? [];
        }
        catch (AmazonS3Exception exception) when (exception.StatusCode == HttpStatusCode.NotFound && exception.ErrorCode != "NoSuchBucket")
        {
            return [];
        }
        catch (AmazonS3Exception exception)
        {
            throw S3Requests.Refused(cluster, options, Action, exception);
        }
    }

    private async Task SendAsync<T>(Func<IAmazonS3, CancellationToken, Task<T>> send, CancellationToken cancellationToken)
    {
        try
        {
            await requests.SendAsync(Action, send, cancellationToken).ConfigureAwait(false);
        }
        catch (AmazonS3Exception exception)
        {
            throw S3Requests.Refused(cluster, options, Action, exception);
        }
    }

    private LifecycleRule ToBucket(S3LifecycleRule rule) => new()
    {
        Id = _mark + rule.Id,
        Status = LifecycleRuleStatus.Enabled,
        Filter = new LifecycleFilter { LifecycleFilterPredicate = new LifecyclePrefixPredicate { Prefix = options.Prefix + rule.Prefix } },
        Transitions = rule.TransitionAfterDays is { } days ? [new LifecycleTransition { Days = days, StorageClass = new S3StorageClass(rule.StorageClass) }] : null,
        Expiration = rule.ExpireAfterDays is { } expiry ? new LifecycleRuleExpiration { Days = expiry } : null,
        AbortIncompleteMultipartUpload = rule.AbortUploadsAfterDays is { } abort ? new LifecycleRuleAbortIncompleteMultipartUpload { DaysAfterInitiation = abort } : null,
    };

    private S3LifecycleRule FromBucket(LifecycleRule rule)
    {
        var prefix = (rule.Filter?.LifecycleFilterPredicate as LifecyclePrefixPredicate)?.Prefix ?? options.Prefix;
        var transition = rule.Transitions?.FirstOrDefault();
        return new S3LifecycleRule
        {
            Id = rule.Id[_mark.Length..],
            Prefix = prefix.StartsWith(options.Prefix, StringComparison.Ordinal) ? prefix[options.Prefix.Length..] : string.Empty,
            TransitionAfterDays = transition?.Days,
            StorageClass = transition?.StorageClass?.Value,
            ExpireAfterDays = rule.Expiration?.Days,
            AbortUploadsAfterDays = rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation,
        };
    }
}
