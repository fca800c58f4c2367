using EdgeAI.Models;
using EdgeAI.Storage;

namespace EdgeAI.Runtime.Tests.Loading;

/// <summary>A hot model without files.</summary>
internal sealed class FakeHotModel(Digest digest) : IHotModel
{
    public Digest Digest => digest;

    public ModelManifest Manifest => throw new NotSupportedException();

    public HotFiles Files => throw new NotSupportedException();

    public string DerivedDirectory => throw new NotSupportedException();

    public void Dispose()
    {
    }
}
