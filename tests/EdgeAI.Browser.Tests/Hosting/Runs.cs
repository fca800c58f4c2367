using System.Net.Http.Json;

namespace EdgeAI.Browser.Tests.Hosting;

/// <summary>Requests as clients send them.</summary>
internal static class Runs
{
    /// <summary>Runs the catalogue's table of rows.</summary>
    public static Task RunRowsAsync(this PageHost host, params long[] rows) => SendAsync(host, "row", rows);

    /// <summary>Runs it on and on; one request in ten names an input that there is not, and fails.</summary>
    public static async Task KeepRunningAsync(this PageHost host, CancellationToken cancellationToken)
    {
        for (var i = 0; !cancellationToken.IsCancellationRequested; i++)
        {
            await SendAsync(host, i % 10 == 0 ? "column" : "row", i % 4);
        }
    }

    private static async Task SendAsync(PageHost host, string input, params long[] rows)
    {
        using var answer = await host.Client.PostAsJsonAsync(
            "v2/models/table-rows/infer",
            new { inputs = new[] { new { name = input, datatype = "INT64", shape = new[] { rows.Length }, data = rows } } },
            TestContext.Current.CancellationToken);
        _ = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
    }
}
