using System.ComponentModel.DataAnnotations;
using Amazon.Runtime;
using Amazon.Runtime.Credentials;
using EdgeAI.Models;
using EdgeAI.Sources;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace EdgeAI.Storage.S3.Sources;

/// <summary>
/// Opens <c>s3://bucket/folder/model.onnx</c>, an object with those beside it that it refers to, and <c>s3://bucket/folder/</c>, a folder with one model at its top and all else as its companions. Thread-safe.
/// </summary>
/// <remarks>
/// Keys are written as in web addresses: <c>%23</c>, <c>%25</c> and <c>%3F</c> stand for <c>#</c>, <c>%</c> and <c>?</c>. A download that was interrupted goes on if the object has the same ETag still, and else begins
/// anew; a folder is fetched as it was listed, or not at all.
/// </remarks>
public sealed class S3ModelSourceScheme : IModelSourceScheme, IDisposable
{
    private readonly S3SourceOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _connecting = new(1);
    private S3SourceClient? _client;

    /// <summary>Makes one. Nothing is sent, and nobody is asked for keys, before the first address is opened.</summary>
    /// <param name="options">Where objects are, and who asks; null for what the AWS chain finds.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <param name="logger">Told of failures that are tried again; null for nobody.</param>
    /// <exception cref="S3SourceOptionsException">An option is out of its range.</exception>
    public S3ModelSourceScheme(S3SourceOptions? options = null, TimeProvider? time = null, ILogger<S3ModelSourceScheme>? logger = null)
    {
        _options = options ?? new S3SourceOptions();
        if (_options.Validate(new ValidationContext(_options, nameof(S3SourceOptions), null, null)).FirstOrDefault() is { } problem)
        {
            throw new S3SourceOptionsException(_options.Scheme, problem.ErrorMessage!);
        }

        _time = time ?? TimeProvider.System;
        _logger = logger ?? NullLogger<S3ModelSourceScheme>.Instance;
        Schemes = [_options.Scheme];
    }

    /// <inheritdoc/>
    public IReadOnlyCollection<string> Schemes { get; }

    /// <inheritdoc/>
    public async ValueTask<ModelSource> OpenAsync(ModelAddress address, ModelSourceContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentNullException.ThrowIfNull(context);
        var place = S3Address.Parse(address);
        var client = await ConnectAsync(address.ToString(), cancellationToken).ConfigureAwait(false);
        return place.IsFolder
            ? await OpenFolderAsync(address, place, client, context, cancellationToken).ConfigureAwait(false)
            : new S3ModelSource(address, place, client, context);
    }

    /// <summary>Lets go of connections.</summary>
    public void Dispose()
    {
        _client?.Dispose();
        _connecting.Dispose();
    }

    private static async Task<ModelSource> OpenFolderAsync(ModelAddress address, S3Address place, S3SourceClient client, ModelSourceContext context, CancellationToken cancellationToken)
    {
        var listed = await client.ListAsync(place, address.ToString(), cancellationToken).ConfigureAwait(false);

        // Hidden files are a version control's or a file manager's, not the model's.
        var files = listed.Where(file => !file.Key[place.Key.Length..].Split('/').Any(part => part.StartsWith('.'))).ToArray();
        var models = ModelFolder.FindModels(files.Select(file => file.Key[place.Key.Length..]));
        return models switch
        {
            [var model] => new S3ModelSource(address, place, place.Key + model, files, client, context),
            _ when listed.Count == 0 => throw new ModelSourceNotFoundException(address.ToString(), "no key in the bucket begins with it. Check it."),
            _ => throw new AmbiguousModelSourceException(address.ToString(), [.. (models.Count > 0 ? models.Select(model => place.Key + model) : files.Select(file => file.Key)).Select(place.Naming)]),
        };
    }

    // Made when it is needed: the chain may ask a machine's services for keys and region, which takes time where there are none.
    private async ValueTask<S3SourceClient> ConnectAsync(string display, CancellationToken cancellationToken)
    {
        await _connecting.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return _client ??= await Task.Run(() => Connect(display), cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _connecting.Release();
        }
    }

    private S3SourceClient Connect(string display)
    {
        var addresses = S3Environment.FindEndpoint(_options, display);
        var region = _options.Region ?? (addresses.Count > 0 ? S3Environment.Region : null);
        try
        {
            var credentials = _options.Anonymous ? new AnonymousAWSCredentials()
                : _options.AccessKey is { } key ? new BasicAWSCredentials(key, _options.SecretKey)
                : DefaultAWSCredentialsIdentityResolver.GetCredentials();
            var endpoints = S3Clients.MakeEndpoints(addresses, region, _options.ForcePathStyle ?? (addresses.Count > 0), _options.RequestTimeout, credentials, _time);
            return new S3SourceClient(_options.Scheme, endpoints, _options.RequestTimeout, _time, _logger);
        }
        catch (AmazonClientException exception)
        {
            throw new ModelSourceDeniedException(
                display,
                $"nobody says who asks, or in which region ({exception.GetType().Name}). Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile or a role, and AWS_REGION; or AccessKey, SecretKey and Region; or Anonymous for an open bucket.");
        }
    }
}
