using EdgeAI.Models;

namespace EdgeAI.Sources;

/// <summary>A model at an address, which the store that imports it opens by the address's scheme.</summary>
public sealed class AddressedModelSource : ModelSource
{
    /// <summary>Makes a source.</summary>
    /// <param name="address">Where the model is.</param>
    public AddressedModelSource(ModelAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        Address = address;
    }

    /// <summary>Where the model is.</summary>
    public ModelAddress Address { get; }

    /// <summary>The address's last part; what the model file is called is known when a store has opened it.</summary>
    public override string FileName => Address.ToString().Split('/')[^1];

    /// <inheritdoc/>
    public override string DisplayName => Address.ToString();

    /// <summary>Always fails: a store opens the address first.</summary>
    /// <param name="path">Not used.</param>
    /// <param name="cancellationToken">Not used.</param>
    /// <exception cref="InvalidOperationException">Always.</exception>
    public override ValueTask<Stream> OpenAsync(string path, CancellationToken cancellationToken = default) =>
        throw new InvalidOperationException($"'{DisplayName}' is an address; give this source to IModelStore.ImportAsync, which opens it.");
}
