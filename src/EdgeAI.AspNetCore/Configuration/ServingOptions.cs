using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace EdgeAI.AspNetCore.Configuration;

/// <summary>How an EdgeAI instance is served over HTTP. From the section <c>EdgeAI:Serving</c>, then from code.</summary>
public sealed class ServingOptions
{
    /// <summary>The configuration section that the default instance reads: <c>EdgeAI:Serving</c>.</summary>
    public const string SectionName = "EdgeAI:Serving";

    /// <summary>The name that server metadata gives.</summary>
    /// <value>The default is <c>edgeai</c>.</value>
    [Required]
    public string ServerName { get; set; } = "edgeai";

    /// <summary>The keys that callers may show, by a name for each, which is what logs call the caller. Without any, only callers on this machine are let in.</summary>
    [ValidateEnumeratedItems]
    public IList<ApiKeyOptions> ApiKeys { get; } = [];

    /// <summary>What a request may cost.</summary>
    [ValidateObjectMembers]
    public ServingLimits Limits { get; } = new();

    /// <summary>Where uploads are kept until they are whole and imported.</summary>
    /// <value>The default is null: <c>uploads</c> in the instance's data directory.</value>
    public string? UploadDirectory { get; set; }

    /// <summary>Where objects are kept for other nodes, which have this host as a cluster: <c>/edgeai/v1/shared</c>. Beside the store, and not part of it.</summary>
    /// <value>The default is null: none are kept; the store's own objects are there to read all the same.</value>
    public string? SharedDirectory { get; set; }

    /// <summary>How long an upload that nobody goes on with is kept.</summary>
    /// <value>The default is a day. More than zero.</value>
    public TimeSpan UploadLifetime { get; set; } = TimeSpan.FromDays(1);
}
