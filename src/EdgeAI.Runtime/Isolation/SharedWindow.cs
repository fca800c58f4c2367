namespace EdgeAI.Isolation;

/// <summary>The area that the other side writes to at the moment, mapped here as long as it stays the same one.</summary>
internal sealed class SharedWindow : IDisposable
{
    private SharedArea? _area;
    private long _number;

    /// <summary>The area that a message announces; valid until the next one.</summary>
    /// <exception cref="InvalidDataException">The message is damaged, or the area is not there.</exception>
    public SharedArea Open(BinaryReader message)
    {
        try
        {
            var number = message.ReadInt64();
            var path = message.ReadString();
            if (_area is null || _number != number)
            {
                _area?.Dispose();
                _area = null;
                _area = SharedArea.Open(path);
                _number = number;
            }

            return _area;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException or FormatException)
        {
            throw new InvalidDataException($"The memory of the other process can't be opened: {exception.Message}", exception);
        }
    }

    public void Dispose() => _area?.Dispose();
}
