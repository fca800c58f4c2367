using System.Globalization;
using EdgeAI.Configuration;
using EdgeAI.Storage.Transfers;
using EdgeAI.Transfers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace EdgeAI.Benchmarks.Cluster.Links;

/// <summary>A web server of its own process that gives as many bytes as its address says, at a rate for all together or as fast as the link takes them.</summary>
internal static class ByteServer
{
    public const string Command = "serve";
    public const string NoRate = "-";

    public static async Task<int> RunAsync(string address, string rate)
    {
        var scheduler = new TransferScheduler(new BandwidthOptions { Up = rate == NoRate ? null : rate });
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options => options.Limits.MinResponseDataRate = null).UseUrls(address);
        var app = builder.Build();
        app.Run(context => SendAsync(context, scheduler));
        await app.StartAsync();
        Console.WriteLine("ready");

        // It ends with who started it.
        await Console.In.ReadToEndAsync();
        return 0;
    }

    private static async Task SendAsync(HttpContext context, TransferScheduler scheduler)
    {
        var left = int.Parse(context.Request.Path.Value![1..].Split('/')[0], CultureInfo.InvariantCulture);
        var bytes = new byte[1 << 14];
        Random.Shared.NextBytes(bytes);
        context.Response.ContentLength = left;
        try
        {
            using var transfer = await scheduler.BeginAsync(TransferDirection.Up, TransferPriority.Normal, context.RequestAborted);
            while (left > 0)
            {
                var part = Math.Min(left, bytes.Length);
                await transfer.AcquireAsync(part, context.RequestAborted);
                await context.Response.Body.WriteAsync(bytes.AsMemory(0, part), context.RequestAborted);
                left -= part;
            }
        }
        catch (OperationCanceledException)
        {
            // Who asked has gone: a background transfer that the measure ended.
        }
    }
}
