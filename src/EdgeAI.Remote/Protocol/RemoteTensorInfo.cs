using EdgeAI.Models;

namespace EdgeAI.Remote.Protocol;

/// <summary>An input or output as a server describes it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="DataType">Its type, by the protocol's name.</param>
/// <param name="Shape">Its dimensions, -1 for a free one.</param>
internal sealed record RemoteTensorInfo(string Name, string DataType, IReadOnlyList<long> Shape)
{
    private const int MaxRank = 64;

    /// <exception cref="RemoteCallException">It has a type or a shape that no tensor here has.</exception>
    public ModelValueInfo ToValueInfo()
    {
        var type = TensorTypes.Find(DataType) ?? throw RemoteCallException.Garbled($"its metadata says that '{Name}' is '{DataType}', which is no type of the protocol that is known here.");
        return Shape.Count > MaxRank || Shape.Any(size => size < -1)
            ? throw RemoteCallException.Garbled($"its metadata gives '{Name}' an impossible shape.")
            : new ModelValueInfo(Name, ModelValueType.Tensor(type, [.. Shape.Select(size => new ModelDimension(size < 0 ? null : size))]));
    }
}
