using System.Net;
using System.Net.Http.Headers;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.S3;
using Amazon.S3.Model;

namespace EdgeAI.Storage.S3;

/// <summary>
/// Looks at whether an answer can be the cluster's own. What stands between may give a page in its place, another range or a part of a list, and say that all is well: each of these would have something
/// taken for stored, absent or read that is not.
/// </summary>
internal static class S3Answers
{
    private const string Page = "text/html";

    /// <summary>Whether a refusal is a page in place of the cluster's own, which is XML or nothing.</summary>
    public static bool IsPage(AmazonServiceException refusal) =>
        refusal.InnerException is HttpErrorResponseException { Response.ContentType: { } type } && type.StartsWith(Page, StringComparison.OrdinalIgnoreCase);

    /// <summary>Says that a write was done: the cluster gives the object a tag.</summary>
    public static T RequireTag<T>(T response, string? tag)
        where T : AmazonWebServiceResponse => string.IsNullOrEmpty(tag) ? throw new S3AnswerException("the answer has no tag of the object") : response;

    /// <summary>Says that an answer is about an object.</summary>
    public static T RequireObject<T>(T response, string? tag, string? contentType)
        where T : AmazonWebServiceResponse => contentType?.StartsWith(Page, StringComparison.OrdinalIgnoreCase) == true
            ? throw new S3AnswerException("the answer is a page in place of the object")
            : RequireTag(response, tag);

    /// <summary>How many bytes of the asked range are in the answer.</summary>
    public static int LengthOf(GetObjectResponse response, long offset, int asked)
    {
        RequireObject(response, response.ETag, response.Headers.ContentType);
        return response.HttpStatusCode == HttpStatusCode.PartialContent
            && ContentRangeHeaderValue.TryParse(response.ContentRange, out var range)
            && range is { From: { } from, To: { } to, Length: { } total }
            && from == offset
            && to == Math.Min(offset + asked, total) - 1
            && response.ContentLength == to - from + 1
            ? (int)response.ContentLength
            : throw new S3AnswerException("the answer is not the range that was asked for");
    }

    /// <summary>Says that a page of a list is one of the bucket's, and whole.</summary>
    public static ListObjectsV2Response RequirePage(ListObjectsV2Response page, string bucket, string prefix)
    {
        var found = page.S3Objects ?? [];
        return page.Name == bucket
            && found.TrueForAll(entry => entry.Key?.StartsWith(prefix, StringComparison.Ordinal) == true && entry.Size >= 0)
            && (page.KeyCount ?? found.Count) == found.Count
            && (page.IsTruncated != true || !string.IsNullOrEmpty(page.NextContinuationToken))
            ? page
            : throw new S3AnswerException("the answer is not the list that was asked for");
    }

    /// <summary>Sends what reads an object; that there is none must be the cluster's own word.</summary>
    public static async Task<T> RequireOwnAsync<T>(Func<Task<T>> send)
    {
        try
        {
            return await send().ConfigureAwait(false);
        }
        catch (AmazonS3Exception exception) when (exception.StatusCode == HttpStatusCode.NotFound && exception.ErrorCode is not ("NoSuchKey" or "NoSuchBucket"))
        {
            throw new S3AnswerException("the answer that there is none is not the cluster's", exception);
        }
    }
}
