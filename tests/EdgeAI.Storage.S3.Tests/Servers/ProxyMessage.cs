using System.Globalization;
using System.Text;

namespace EdgeAI.Storage.S3.Tests.Servers;

/// <summary>A request or an answer: the head as text, with its empty line, and the body.</summary>
internal sealed record ProxyMessage(string Head, byte[] Body)
{
    private const string Length = "Content-Length";

    /// <summary>The words of the first line.</summary>
    public string[] First => Head[..Head.IndexOf("\r\n", StringComparison.Ordinal)].Split(' ');

    /// <summary>Reads one from a connection; null at its end.</summary>
    /// <param name="from">The connection.</param>
    /// <param name="readsToEnd">Whether one without a length goes on to the connection's end.</param>
    /// <param name="hasBody">Whether there is a body for the length.</param>
    /// <param name="onHead">Called when the head is there.</param>
    /// <param name="cancellationToken">Cancels the reading.</param>
    public static async Task<ProxyMessage?> ReadAsync(Stream from, bool readsToEnd, bool hasBody, Func<string, Task>? onHead, CancellationToken cancellationToken)
    {
        if (await ReadHeadAsync(from, cancellationToken) is not { } head)
        {
            return null;
        }

        await (onHead?.Invoke(head) ?? Task.CompletedTask);

        // One that only says that more may come has none.
        hasBody &= !head.StartsWith("HTTP/1.1 1", StringComparison.Ordinal);
        using var body = new MemoryStream();
        if (hasBody && Find(head, Length) is { } length)
        {
            var exactly = new byte[long.Parse(length, CultureInfo.InvariantCulture)];
            await from.ReadExactlyAsync(exactly, cancellationToken);
            body.Write(exactly);
        }
        else if (hasBody && readsToEnd)
        {
            await from.CopyToAsync(body, cancellationToken);
        }

        return new ProxyMessage(head, body.ToArray());
    }

    /// <summary>A header's value.</summary>
    public static string? Find(string head, string name) => head.Split("\r\n")
        .Where(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))
        .Select(line => line[(name.Length + 1)..].Trim())
        .FirstOrDefault();

    /// <summary>The same with another header's value, or without it for null.</summary>
    public ProxyMessage With(string name, string? value)
    {
        var lines = Head.TrimEnd('\r', '\n').Split("\r\n").Where(line => !line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase));
        return this with { Head = string.Join("\r\n", value is null ? lines : lines.Append($"{name}: {value}")) + "\r\n\r\n" };
    }

    /// <summary>The same with another body, whose length it says.</summary>
    public ProxyMessage WithBody(byte[] body) => With(Length, body.Length.ToString(CultureInfo.InvariantCulture)) with { Body = body };

    /// <summary>As bytes.</summary>
    public byte[] ToBytes() => [.. Encoding.Latin1.GetBytes(Head), .. Body];

    private static async Task<string?> ReadHeadAsync(Stream from, CancellationToken cancellationToken)
    {
        var head = new StringBuilder();
        var one = new byte[1];
        while (await from.ReadAsync(one, cancellationToken) == 1)
        {
            head.Append((char)one[0]);
            if (one[0] == '\n' && head.Length >= 4 && head[^2] == '\r' && head[^3] == '\n')
            {
                return head.ToString();
            }
        }

        return null;
    }
}
