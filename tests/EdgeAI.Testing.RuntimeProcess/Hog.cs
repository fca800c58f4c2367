using System.Globalization;
using System.Runtime.InteropServices;

namespace EdgeAI.Testing.RuntimeProcess;

/// <summary>Takes as many bytes as each line says, and keeps them.</summary>
internal static unsafe class Hog
{
    public static void Run()
    {
        long total = 0;
        Console.WriteLine(total);
        while (Console.ReadLine() is { } line)
        {
            var bytes = int.Parse(line, CultureInfo.InvariantCulture);
            new Span<byte>(NativeMemory.Alloc((nuint)bytes), bytes).Fill(1);
            total += bytes;
            Console.WriteLine(total);
        }
    }
}
