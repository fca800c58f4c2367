using EdgeAI.Models;
using EdgeAI.Sources;
using EdgeAI.Testing.Catalogue;

namespace EdgeAI.Storage.Tests.Sources;

public sealed class HttpSourceTests
{
    private const int Mebibyte = 1 << 20;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task ImportAsync_FromAServer_IsTheModelWithTheFilesBesideIt()
    {
        await using var test = await SourceTest.StartAsync();
        var model = TestModels.Get("external-unicode-name");
        foreach (var (path, content) in model.Files)
        {
            test.Server.Serve("/some folder/" + path, content);
        }

        await test.ImportAsync(test.Server.UrlOf("/some folder/" + model.FileName));

        await test.Test.RequireContentAsync("m:1", model);
        await test.RequireAsync(model.Content);
    }

    [Fact]
    public async Task ImportAsync_ConnectionBreaks_GoesOnWhereItBroke()
    {
        await using var test = await SourceTest.StartAsync();
        var content = SourceTest.Bytes(3 * Mebibyte);
        var file = test.Server.Serve("/m.bin", content);
        file.BreakAfter(700_000);
        file.BreakAfter(800_000);

        await test.ImportAsync(test.Server.UrlOf("/m.bin"));

        var asked = test.Server.Requests;
        Assert.Equal([null, "\"one\"", "\"one\""], asked.Select(request => request.IfRange));
        Assert.Equal(asked.Select(request => request.From).Order(), asked.Select(request => request.From));
        Assert.True(asked[1].From > 0 && asked[2].From > asked[1].From, string.Join(", ", asked.Select(request => request.From)));
        await test.RequireAsync(content);
    }

    [Fact]
    public async Task ImportAsync_ServerWithoutRanges_BeginsAnew()
    {
        await using var test = await SourceTest.StartAsync();
        var content = SourceTest.Bytes(Mebibyte);
        var file = test.Server.Serve("/m.bin", content);
        file.HasRanges = false;
        file.BreakAfter(500_000);

        await test.ImportAsync(test.Server.UrlOf("/m.bin"));

        Assert.Equal(2, test.Server.Requests.Length);
        await test.RequireAsync(content);
    }

    [Fact]
    public async Task ImportAsync_NoNameForTheContent_BeginsAnewUnlessItsDigestIsKnown()
    {
        await using var test = await SourceTest.StartAsync();
        var content = SourceTest.Bytes(Mebibyte);
        var file = test.Server.Serve("/m.bin", content);
        file.Etag = null;
        file.BreakAfter(500_000);
        await test.ImportAsync(test.Server.UrlOf("/m.bin"));
        file.BreakAfter(500_000);
        await test.ImportAsync(test.Server.UrlOf("/m.bin") + "#" + SourceTest.DigestOf(content), "n:1");

        Assert.Equal([null, null, null], test.Server.Requests[..3].Select(request => request.Range));
        Assert.NotNull(test.Server.Requests[3].Range);
        await test.RequireAsync(content, name: "n:1");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ImportAsync_ChangedWhileItWasInterrupted_IsTheNewContentAlone(bool server)
    {
        await using var test = await SourceTest.StartAsync();
        var content = SourceTest.Bytes(Mebibyte, seed: 2);
        var file = test.Server.Serve("/m.bin", SourceTest.Bytes(Mebibyte, seed: 1));
        file.BreakAfter(500_000);
        file.Faults.Enqueue(context =>
        {
            (file.Content, file.Etag) = (content, "\"two\"");
            if (!server)
            {
                // A server that knows nothing of If-Range gives a part of the new file.
                context.Request.Headers.IfRange = default;
            }

            return file.AnswerAsync(context);
        });

        await test.ImportAsync(test.Server.UrlOf("/m.bin"));

        await test.RequireAsync(content);
    }

    [Fact]
    public async Task ImportAsync_LengthNotSaid_IsReadToItsEnd()
    {
        await using var test = await SourceTest.StartAsync();
        var content = SourceTest.Bytes(Mebibyte);
        var file = test.Server.Serve("/m.bin", content);
        file.SaysLength = false;
        file.BreakAfter(300_000);

        await test.ImportAsync(test.Server.UrlOf("/m.bin"));

        await test.RequireAsync(content);
    }

    [Fact]
    public async Task ImportAsync_OtherDigestThanExpected_IsRefusedAndForgotten()
    {
        await using var test = await SourceTest.StartAsync();
        var (content, other) = (SourceTest.Bytes(200_000), SourceTest.Bytes(200_000, seed: 2));
        var file = test.Server.Serve("/m.bin", other);
        var address = test.Server.UrlOf("/m.bin") + "#" + SourceTest.DigestOf(content);

        var exception = await Assert.ThrowsAsync<ModelSourceCorruptedException>(() => test.ImportAsync(address));

        Assert.Equal((SourceTest.DigestOf(content), SourceTest.DigestOf(other)), (exception.Expected, exception.Actual));
        Assert.Empty(test.Downloads);
        Assert.Empty(await test.Test.ListAsync());
        file.Content = content;
        await test.ImportAsync(address);
        await test.RequireAsync(content);
    }

    [Theory]
    [InlineData(401, typeof(ModelSourceDeniedException))]
    [InlineData(403, typeof(ModelSourceDeniedException))]
    [InlineData(404, typeof(ModelSourceNotFoundException))]
    [InlineData(410, typeof(ModelSourceNotFoundException))]
    [InlineData(400, typeof(ModelSourceException))]
    public async Task ImportAsync_Refused_SaysSoAtOnce(int status, Type expected)
    {
        await using var test = await SourceTest.StartAsync();
        test.Server.Serve("/m.bin", []).Refuse(status);

        var exception = await Assert.ThrowsAsync(expected, () => test.ImportAsync(test.Server.UrlOf("/m.bin")));

        Assert.Contains(test.Server.UrlOf("/m.bin"), exception.Message, StringComparison.Ordinal);
        Assert.Contains($"{status}", exception.Message, StringComparison.Ordinal);
        Assert.Single(test.Server.Requests);
        Assert.Empty(await test.Test.ListAsync());
    }

    [Fact]
    public async Task ImportAsync_ServerBusy_WaitsAsLongAsItAsks()
    {
        await using var test = await SourceTest.StartAsync();
        var content = SourceTest.Bytes(1000);
        var file = test.Server.Serve("/m.bin", content);
        file.Refuse(429, "7");
        file.Refuse(503);

        await test.ImportAsync(test.Server.UrlOf("/m.bin"));

        Assert.Contains(TimeSpan.FromSeconds(7), test.Time.Waits);
        await test.RequireAsync(content);
    }

    [Fact]
    public async Task ImportAsync_ServerAsksForHours_SaysSoAtOnce()
    {
        await using var test = await SourceTest.StartAsync();
        test.Server.Serve("/m.bin", []).Refuse(429, "7200");

        var exception = await Assert.ThrowsAsync<ModelSourceUnavailableException>(() => test.ImportAsync(test.Server.UrlOf("/m.bin")));

        Assert.Contains("02:00:00", exception.Message, StringComparison.Ordinal);
        Assert.Single(test.Server.Requests);
    }

    [Fact]
    public async Task ImportAsync_ServerStandsStill_AsksAgain()
    {
        await using var test = await SourceTest.StartAsync();
        test.Options.Sources.Timeout = TimeSpan.FromSeconds(100);
        var content = SourceTest.Bytes(300_000);
        var file = test.Server.Serve("/m.bin", content);
        file.StallAfter(100_000);

        await test.ImportAsync(test.Server.UrlOf("/m.bin"));

        Assert.True(test.Server.Requests.Length >= 2, "It was asked once.");
        await test.RequireAsync(content);
    }

    [Fact]
    public async Task ImportAsync_ServerFailsForGood_KeepsWhatCameForTheNextTry()
    {
        await using var test = await SourceTest.StartAsync();
        test.Options.Sources.Retries = 1;
        var content = SourceTest.Bytes(3 * Mebibyte);
        var file = test.Server.Serve("/m.bin", content);
        file.StallAfter(2 * Mebibyte);
        test.Options.Sources.Timeout = TimeSpan.FromSeconds(100);
        file.Refuse(500);
        file.Refuse(500);

        await Assert.ThrowsAsync<ModelSourceUnavailableException>(() => test.ImportAsync(test.Server.UrlOf("/m.bin")));
        Assert.Empty(await test.Test.ListAsync());
        Assert.NotEmpty(test.Downloads);
        await test.ImportAsync(test.Server.UrlOf("/m.bin"));

        Assert.Equal(2 * Mebibyte, test.Server.Requests[^1].From);
        await test.RequireAsync(content);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ImportAsync_LargerThanAllowed_IsRefused(bool saysLength)
    {
        await using var test = await SourceTest.StartAsync();
        test.Options.Sources.MaxFileBytes = 100_000;
        test.Server.Serve("/m.bin", SourceTest.Bytes(100_001)).SaysLength = saysLength;

        var exception = await Assert.ThrowsAsync<ModelSourceException>(() => test.ImportAsync(test.Server.UrlOf("/m.bin")));

        Assert.Contains("MaxFileBytes", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ImportAsync_Redirected_TellsNoOtherHostWhoAsks()
    {
        await using var test = await SourceTest.StartAsync();
        await using var other = await WebServer.StartAsync();
        var content = SourceTest.Bytes(1000);
        other.Serve("/signed", content);
        test.Server.On("/m.bin", context => Redirect(context, "/here.bin"));
        test.Server.On("/here.bin", context => Redirect(context, other.UrlOf("/signed?signature=secret")));
        var address = new UriBuilder(test.Server.UrlOf("/m.bin")) { UserName = "shop", Password = "secret" }.Uri.AbsoluteUri;

        await test.ImportAsync(address);

        Assert.All(test.Server.Requests, request => Assert.StartsWith("Basic ", request.Authorization, StringComparison.Ordinal));
        Assert.Null(Assert.Single(other.Requests).Authorization);
        Assert.Equal("/signed?signature=secret", other.Requests[0].Path);
        await test.RequireAsync(content);
    }

    [Theory]
    [InlineData("ftp://elsewhere/m.bin")]
    [InlineData("file:///etc/hostname")]
    [InlineData("/m.bin")]
    public async Task ImportAsync_RedirectedWithoutEndOrElsewhere_IsRefused(string location)
    {
        await using var test = await SourceTest.StartAsync();
        test.Server.On("/m.bin", context => Redirect(context, location));

        Assert.Contains("redirect", (await Assert.ThrowsAsync<ModelSourceException>(() => test.ImportAsync(test.Server.UrlOf("/m.bin")))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ImportAsync_AddressWithSecrets_AreInNoMessage()
    {
        await using var test = await SourceTest.StartAsync();
        var address = new UriBuilder(test.Server.UrlOf("/none.bin")) { UserName = "shop", Password = "secret", Query = "signature=secret" }.Uri.AbsoluteUri;
        var source = ModelSource.Parse(address);

        var exception = await Assert.ThrowsAsync<ModelSourceNotFoundException>(() => test.ImportAsync(address));

        Assert.DoesNotContain("secret", exception + source.DisplayName + source.FileName + exception.Address, StringComparison.Ordinal);
        Assert.Equal("/none.bin?signature=secret", test.Server.Requests[0].Path);
    }

    [Fact]
    public async Task ImportAsync_DamagedOnTheDiskMeanwhile_IsFetchedAgainFromThere()
    {
        await using var test = await SourceTest.StartAsync();
        test.Options.Sources.Retries = 0;
        test.Options.Sources.Timeout = TimeSpan.FromSeconds(100);
        var content = SourceTest.Bytes((3 * Mebibyte) + 5);
        var file = test.Server.Serve("/m.bin", content);
        file.StallAfter((2 * Mebibyte) + 100);
        await Assert.ThrowsAsync<ModelSourceUnavailableException>(() => test.ImportAsync(test.Server.UrlOf("/m.bin")));
        TestStore.Flip(test.Downloads.Single(path => path.EndsWith(".part", StringComparison.Ordinal)), Mebibyte + 17);

        await test.ImportAsync(test.Server.UrlOf("/m.bin"));

        Assert.Equal(Mebibyte, test.Server.Requests[^1].From);
        await test.RequireAsync(content);
    }

    [Fact]
    public async Task ImportAsync_ProcessKilledWhileItFetched_FetchesNoWholeBlockAgain()
    {
        await using var test = await SourceTest.StartAsync();
        var content = SourceTest.Bytes((3 * Mebibyte) + 5);
        var file = test.Server.Serve("/m.bin", content);
        file.StallAfter((2 * Mebibyte) + 100);
        using (var child = await StoreProcesses.StartAsync(test.Test.Directory, "m:1", test.Server.UrlOf("/m.bin")))
        {
            child.WriteLine("go");
            while (!test.Downloads.Any(path => path.EndsWith(".journal", StringComparison.Ordinal) && new FileInfo(path).Length > 60))
            {
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Cancellation);
            }

            child.Kill();
        }

        await test.ImportAsync(test.Server.UrlOf("/m.bin"));

        Assert.InRange(test.Server.Requests[^1].From, Mebibyte, 2 * Mebibyte);
        await test.RequireAsync(content);
    }

    [Fact]
    public async Task ImportAsync_TwoOfOneAddress_BothEndWell()
    {
        await using var test = await SourceTest.StartAsync();
        var content = SourceTest.Bytes(Mebibyte);
        test.Server.Serve("/m.bin", content).BreakAfter(500_000);

        await Task.WhenAll(test.ImportAsync(test.Server.UrlOf("/m.bin"), "a:1"), test.ImportAsync(test.Server.UrlOf("/m.bin"), "b:1"));

        await test.RequireAsync(content, name: "a:1");
        await test.RequireAsync(content, name: "b:1");
    }

    [Fact]
    public async Task ImportAsync_Progress_SaysHowFarTheDownloadIs()
    {
        await using var test = await SourceTest.StartAsync();
        var content = SourceTest.Bytes(Mebibyte);
        test.Server.Serve("/m.bin", content);
        var reports = new List<ImportProgress>();

        await test.ImportAsync(test.Server.UrlOf("/m.bin"), progress: new Recorder(reports));

        var fetching = reports.Where(report => report.Stage == ImportStage.Fetching).ToArray();
        Assert.Equal(fetching.OrderBy(report => report.BytesDone), fetching);
        Assert.Equal(new ImportProgress(ImportStage.Fetching, Mebibyte, Mebibyte), fetching[^1]);
    }

    [Fact]
    public async Task CollectGarbageAsync_DownloadOfLastWeek_IsDeleted()
    {
        await using var test = await SourceTest.StartAsync();
        test.Options.Sources.Retries = 0;
        test.Server.Serve("/m.bin", SourceTest.Bytes(Mebibyte)).BreakAfter(500_000);
        await Assert.ThrowsAsync<ModelSourceUnavailableException>(() => test.ImportAsync(test.Server.UrlOf("/m.bin")));

        await test.Test.Store.CollectGarbageAsync(Cancellation);
        Assert.NotEmpty(test.Downloads);
        Assert.All(test.Downloads, path => File.SetLastWriteTimeUtc(path, DateTime.UnixEpoch));
        await test.Test.Store.CollectGarbageAsync(Cancellation);

        Assert.Empty(test.Downloads);
    }

    private static Task Redirect(Microsoft.AspNetCore.Http.HttpContext context, string location)
    {
        context.Response.StatusCode = 302;
        context.Response.Headers.Location = location;
        return Task.CompletedTask;
    }

    private sealed class Recorder(List<ImportProgress> reports) : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value)
        {
            lock (reports)
            {
                reports.Add(value);
            }
        }
    }
}
