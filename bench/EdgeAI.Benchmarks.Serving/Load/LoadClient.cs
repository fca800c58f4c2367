using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using EdgeAI.Benchmarks.Serving.Servers;

namespace EdgeAI.Benchmarks.Serving.Load;

/// <summary>A process that asks at a rate, or as fast as it is answered: for loads below a server's most, which wrk does not do.</summary>
internal static class LoadClient
{
    public const string Command = "load";

    /// <summary>Runs one in a process of its own.</summary>
    /// <param name="address">Whom to ask.</param>
    /// <param name="body">A file with the request's body, as JSON.</param>
    /// <param name="clients">How many ask at once.</param>
    /// <param name="seconds">For how long.</param>
    /// <param name="rate">Requests a second in all; 0 for as many as are answered.</param>
    public static async Task<LoadResult> StartAsync(string address, string body, int clients, double seconds, double rate)
    {
        string[] arguments = [Command, address, body, Text(clients), Text(seconds), Text(rate)];
        using var process = Process.Start(OwnProgram.Command(arguments)) ?? throw new InvalidOperationException("The client did not start.");
        process.StandardInput.Close();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return JsonSerializer.Deserialize<LoadResult>(output) ?? throw new InvalidOperationException($"The client failed: {output}");

        static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);
    }

    public static async Task<int> RunAsync(string[] arguments)
    {
        var (address, body) = (arguments[0], await File.ReadAllBytesAsync(arguments[1]));
        var numbers = arguments[2..].Select(argument => double.Parse(argument, CultureInfo.InvariantCulture)).ToArray();
        var (clients, seconds, rate) = ((int)numbers[0], numbers[1], numbers[2]);
        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = clients }) { Timeout = TimeSpan.FromMinutes(1) };
        var clock = Stopwatch.StartNew();
        var results = await Task.WhenAll(Enumerable.Range(0, clients).Select(client => Task.Run(() => AskAsync(http, address, body, client, clients, clock, seconds, rate))));
        var elapsed = clock.Elapsed.TotalSeconds;
        var times = results.SelectMany(result => result.Times).Order().ToArray();
        var errors = results.Sum(result => result.Errors);
        var answer = new LoadResult(times.Length / elapsed, At(times, 0.5), At(times, 0.99), errors);
        Console.WriteLine(JsonSerializer.Serialize(answer));
        return 0;
    }

    private static double At(double[] sorted, double share) => sorted.Length == 0 ? 0 : sorted[(int)(sorted.Length * share)];

    private static async Task<(List<double> Times, long Errors)> AskAsync(
        HttpClient http, string address, byte[] body, int client, int clients, Stopwatch clock, double seconds, double rate)
    {
        var (times, errors) = (new List<double>(), 0L);
        for (var i = 0; clock.Elapsed.TotalSeconds < seconds; i++)
        {
            // Late ones are caught up with, and their time counts from when they were due: a slow answer hides no waiting behind it.
            var due = rate > 0 ? ((i * clients) + client) / rate : 0;
            if (due - clock.Elapsed.TotalSeconds is var early and > 0)
            {
                await Task.Delay(TimeSpan.FromSeconds(early));
            }

            var asked = rate > 0 ? TimeSpan.FromSeconds(due) : clock.Elapsed;
            try
            {
                using var response = await http.PostAsync(address, new ByteArrayContent(body));
                errors += response.IsSuccessStatusCode ? 0 : 1;
                times.Add((clock.Elapsed - asked).TotalMilliseconds);
            }
            catch (HttpRequestException)
            {
                errors++;
            }
        }

        return (times, errors);
    }
}
