using EdgeAI.Models;

namespace EdgeAI.Sources;

/// <summary>Opens the addresses of some schemes, such as <c>s3:</c>. Register one as a service, and its addresses can be imported from.</summary>
/// <remarks>Implementations are thread-safe.</remarks>
public interface IModelSourceScheme
{
    /// <summary>The schemes, in lowercase and without the colon. Of two who know a scheme, the one registered first is asked; the built-in ones come last.</summary>
    IReadOnlyCollection<string> Schemes { get; }

    /// <summary>Finds out what is at an address.</summary>
    /// <param name="address">An address of one of the schemes.</param>
    /// <param name="context">What the import lends.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    /// <returns>
    /// The source to import; nothing need be fetched before its <see cref="ModelSource.OpenAsync"/>. One that is <see cref="IDisposable"/> is disposed when the import is over.
    /// </returns>
    /// <exception cref="InvalidModelAddressException">The address is not of the scheme's form.</exception>
    /// <exception cref="ModelSourceException">There is no such model, access is denied, the server can't be reached, or several models are there.</exception>
    ValueTask<ModelSource> OpenAsync(ModelAddress address, ModelSourceContext context, CancellationToken cancellationToken = default);
}
