using System.Net;
using System.Text.RegularExpressions;
using EdgeAI.AspNetCore.Tests.Hosting;

namespace EdgeAI.AspNetCore.Tests.Page;

public sealed partial class PageTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Page_WithoutItsSlash_LeadsThere()
    {
        await using var host = await ServingHost.StartAsync();
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = host.Client.BaseAddress };

        using var answer = await client.GetAsync("/edgeai", Cancellation);

        Assert.Equal(HttpStatusCode.MovedPermanently, answer.StatusCode);
        Assert.Equal("edgeai/", answer.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task Page_EveryFileThatItNames_IsThereAndStrict()
    {
        await using var host = await ServingHost.StartAsync(serving: serving => serving.ApiKeys.Add(new() { Name = "a", Key = "0123456789abcdef", Scopes = { "infer" } }));
        var seen = new HashSet<string>();
        var open = new Queue<string>([""]);
        while (open.TryDequeue(out var name))
        {
            if (!seen.Add(name))
            {
                continue;
            }

            using var answer = await host.Client.GetAsync("/edgeai/" + name, Cancellation);

            Assert.True(answer.IsSuccessStatusCode, name);
            var policy = Assert.Single(answer.Headers.GetValues("Content-Security-Policy"));
            Assert.StartsWith("default-src 'none'; script-src 'self'; style-src 'self';", policy, StringComparison.Ordinal);
            Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
            Assert.Equal("nosniff", Assert.Single(answer.Headers.GetValues("X-Content-Type-Options")));
            var text = await answer.Content.ReadAsStringAsync(Cancellation);
            Assert.DoesNotContain("innerHTML", text, StringComparison.Ordinal);
            Assert.DoesNotMatch(OtherHost(), text);
            foreach (Match match in Named().Matches(text))
            {
                open.Enqueue(match.Groups[1].Value);
            }
        }

        Assert.Contains("page.css", seen);
        Assert.Contains("tensors.js", seen);
        Assert.Contains("icon.svg", seen);
    }

    [Fact]
    public async Task Page_ThatTheBrowserHas_IsNotSentAgain()
    {
        await using var host = await ServingHost.StartAsync();
        using var first = await host.Client.GetAsync("/edgeai/page.js", Cancellation);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/edgeai/page.js") { Headers = { IfNoneMatch = { first.Headers.ETag! } } };
        using var other = new HttpRequestMessage(HttpMethod.Get, "/edgeai/page.js") { Headers = { { "If-None-Match", "\"other\"" } } };

        using var second = await host.Client.SendAsync(request, Cancellation);
        using var third = await host.Client.SendAsync(other, Cancellation);

        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        Assert.Empty(await second.Content.ReadAsByteArrayAsync(Cancellation));
        Assert.Equal(HttpStatusCode.OK, third.StatusCode);
        Assert.True(first.Headers.CacheControl!.NoCache);
    }

    [Theory]
    [InlineData("/", "/", "./")]
    [InlineData("/admin/models", "/admin/models/", "../../")]
    public async Task Page_AtAnotherPath_FindsTheServerFromThere(string path, string address, string root)
    {
        await using var host = await ServingHost.StartAsync(endpoints: endpoints => endpoints.PagePath = path);

        var page = await host.Client.GetStringAsync(address, Cancellation);
        using var former = await host.Client.GetAsync("/edgeai/", Cancellation);

        Assert.Contains($"data-root=\"{root}\"", page, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.NotFound, former.StatusCode);
    }

    [Fact]
    public async Task Page_LeftOut_IsNotThere()
    {
        await using var host = await ServingHost.StartAsync(endpoints: endpoints => endpoints.PagePath = null);

        using var answer = await host.Client.GetAsync("/edgeai/", Cancellation);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [GeneratedRegex("""(?:from "\./|href="|src=")([a-z]+\.[a-z]+)["]""")]
    private static partial Regex Named();

    // The name of SVG's namespace is no address that anybody asks.
    [GeneratedRegex("""(?:https?:)?//(?!www\.w3\.org/2000/svg)[a-z0-9-]+\.[a-z]""")]
    private static partial Regex OtherHost();
}
