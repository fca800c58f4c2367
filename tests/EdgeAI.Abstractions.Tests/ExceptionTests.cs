using EdgeAI.Inference;
using EdgeAI.Models;
using EdgeAI.Storage;

namespace EdgeAI.Abstractions.Tests;

/// <summary>Every message says what was wrong, with which input, and what to do.</summary>
public sealed class ExceptionTests
{
    private static readonly Exception Cause = new IOException("the cause");

    [Fact]
    public void Messages_OfEveryException_NameTheInputAndAWayOut()
    {
        Check(new InvalidModelException("m.onnx", "it is cut short", 17), "'m.onnx'", "cut short", "byte 17", "export it again");
        Check(new UnsafeModelPathException("m.onnx", "../x", "it leads out"), "'m.onnx'", "'../x'", "it leads out", "relative paths");
        Check(new ModelFileNotFoundException("m.onnx"), "'m.onnx'", "Check the path");
        Check(new ModelFileNotFoundException("w.bin", "m.onnx"), "'w.bin'", "'m.onnx'", "import again");
        Check(new ModelAccessDeniedException("m.onnx", Cause), "'m.onnx'", "right to read");
        Check(new ModelNotFoundException("a:1"), "'a:1'", "Import it first", "the store is empty");
        Check(new ModelNotFoundException("a:1", ["b:1", "c:2"]), "'a:1'", "b:1, c:2");
        Check(new ModelLoadException("a:1", "cpu:0", "No such operator."), "'a:1'", "cpu:0", "No such operator.", "opset");
        Check(new InferenceException("a:1", "cpu:0", "Index out of range."), "'a:1'", "cpu:0", "Index out of range.", "Check");
        Check(new InvalidModelInputException("a:1", "x", "it is missing", "x: float32[2]"), "'a:1'", "'x'", "it is missing", "x: float32[2]");
        Check(new BatchingNotSupportedException("a:1", "'x' is not a tensor"), "'a:1'", "'x' is not a tensor", "without batching", "free first dimension");
        Check(new ContentCorruptedException(Digest.Of([]), "pack-1", "a byte changed"), Digest.Of([]).ToString(), "'pack-1'", "a byte changed", "Import");
        Check(new StorageFullException("/data", Cause), "'/data'", "no space left", "Free some space", "nothing was changed");
        Check(new StorageAccessDeniedException("/data", Cause), "'/data'", "no right", "DataDirectory");
    }

    [Fact]
    public void Data_OfEveryException_IsWhatItWasMadeOf()
    {
        Assert.Equal(("m.onnx", 17L), (new InvalidModelException("m.onnx", "r", 17).File, new InvalidModelException("m.onnx", "r", 17).Offset));
        Assert.Equal("../x", new UnsafeModelPathException("m.onnx", "../x", "r").Path);
        Assert.Equal("m.onnx", new UnsafeModelPathException("m.onnx", "../x", "r").File);
        Assert.Equal("a:1", new ModelNotFoundException("a:1").Model.ToString());
        Assert.Equal(("a:1", "cpu:0"), (new ModelLoadException("a:1", "cpu:0", "r").Model, new ModelLoadException("a:1", "cpu:0", "r").Device));
        Assert.Equal(("a:1", "cpu:0"), (new InferenceException("a:1", "cpu:0", "r").Model, new InferenceException("a:1", "cpu:0", "r").Device));
        Assert.Equal(("a:1", "x"), (new InvalidModelInputException("a:1", "x", "p", "e").Model, new InvalidModelInputException("a:1", "x", "p", "e").Input));
        Assert.Equal((Digest.Of([]), "p"), (new ContentCorruptedException(Digest.Of([]), "p", "r").Digest, new ContentCorruptedException(Digest.Of([]), "p", "r").Location));
        Assert.Equal("/data", new StorageFullException("/data", Cause).Path);
        Assert.Same(Cause, new StorageAccessDeniedException("/data", Cause).InnerException);
        Assert.Same(Cause, new InvalidModelException("m.onnx", "r", null, Cause).InnerException);
    }

    [Fact]
    public void Exceptions_OfThePackage_HaveOneRoot()
    {
        var exceptions = typeof(EdgeAIException).Assembly.GetExportedTypes().Where(type => type.IsAssignableTo(typeof(Exception))).ToArray();

        Assert.True(exceptions.Length > 10);
        Assert.All(exceptions, type => Assert.True(type.IsAssignableTo(typeof(EdgeAIException)), type.FullName));
    }

    private static void Check(EdgeAIException exception, params string[] parts) =>
        Assert.All(parts, part => Assert.Contains(part, exception.Message, StringComparison.Ordinal));
}
