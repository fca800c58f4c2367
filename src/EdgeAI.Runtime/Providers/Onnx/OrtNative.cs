using System.Runtime.InteropServices;
using System.Text;
using Microsoft.ML.OnnxRuntime;

namespace EdgeAI.Providers.Onnx;

/// <summary>
/// What ONNX Runtime's C interface offers and its C# interface does not. Its function table is public and versioned; a newer library still
/// serves this version of it.
/// </summary>
internal static unsafe partial class OrtNative
{
    private const uint ApiVersion = 31;

    private static readonly OrtApi* Api = GetApi();

    /// <summary>Says that a file which the model calls external data is in memory already.</summary>
    /// <param name="options">The options of the session to come.</param>
    /// <param name="name">The file's name in the model.</param>
    /// <param name="data">The file's bytes; they must outlive the session.</param>
    /// <param name="length">How many.</param>
    public static void AddExternalFile(SessionOptions options, string name, byte* data, long length)
    {
        // File names are wide characters on Windows and UTF-8 elsewhere: ORTCHAR_T of the C interface.
        var encoded = OperatingSystem.IsWindows() ? Encoding.Unicode.GetBytes(name + '\0') : Encoding.UTF8.GetBytes(name + '\0');
        var size = (nuint)length;
        fixed (byte* text = encoded)
        {
            var function = (delegate* unmanaged[Cdecl]<IntPtr, byte**, byte**, nuint*, nuint, IntPtr>)Api->AddExternalInitializersFromFilesInMemory;
            Check(function(options.DangerousGetHandle(), &text, &data, &size, 1));
        }
    }

    private static void Check(IntPtr status)
    {
        if (status == IntPtr.Zero)
        {
            return;
        }

        var message = Marshal.PtrToStringUTF8((IntPtr)((delegate* unmanaged[Cdecl]<IntPtr, byte*>)Api->GetErrorMessage)(status));
        ((delegate* unmanaged[Cdecl]<IntPtr, void>)Api->ReleaseStatus)(status);
        throw new InvalidOperationException($"ONNX Runtime: {message}");
    }

    private static OrtApi* GetApi()
    {
        var api = ((delegate* unmanaged[Cdecl]<uint, OrtApi*>)GetApiBase()->GetApi)(ApiVersion);
        return api is null
            ? throw new NotSupportedException($"The ONNX Runtime library at hand is older than 1.{ApiVersion}; use the one that comes with EdgeAI.Runtime.")
            : api;
    }

    [LibraryImport("onnxruntime", EntryPoint = "OrtGetApiBase")]
    private static partial OrtApiBase* GetApiBase();
}
