using System.Diagnostics.CodeAnalysis;
using Microsoft.Data.Sqlite;

namespace EdgeAI.Storage.Durability;

/// <summary>Turns what the system and the database say into exceptions that say what to do.</summary>
internal static class StorageErrors
{
    private const int WindowsSharingViolation = unchecked((int)0x80070020);
    private const int WindowsLockViolation = unchecked((int)0x80070021);
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int WindowsHandleDiskFull = unchecked((int)0x80070027);

    // errno values; those that differ between Linux and macOS are both here, none means something else on the other.
    private const int AgainLinux = 11;
    private const int AgainMac = 35;
    private const int FileTooBig = 27;
    private const int NoSpace = 28;
    private const int ReadOnlyFileSystem = 30;
    private const int QuotaLinux = 122;
    private const int QuotaMac = 69;

    private const int SqlitePermission = 3;
    private const int SqliteReadOnly = 8;
    private const int SqliteCorrupt = 11;
    private const int SqliteFull = 13;
    private const int SqliteCannotOpen = 14;
    private const int SqliteNotADatabase = 26;

    // An I/O error like any other, but for this: the file that the processes share could not be made longer.
    private const int SqliteSharedFileSize = 10 | (19 << 8);

    public static bool IsSharingViolation(IOException exception) =>
        exception.HResult is WindowsSharingViolation or WindowsLockViolation or AgainLinux or AgainMac;

    /// <summary>Says whether an exception is the disk's fault, and gives the one that callers know.</summary>
    public static bool TryTranslate(Exception exception, string path, [NotNullWhen(true)] out StorageException? translated)
    {
        translated = exception switch
        {
            UnauthorizedAccessException => new StorageAccessDeniedException(path, exception),
            IOException io => Translate(io, path),
            SqliteException sqlite => Translate(sqlite, path),
            _ => null,
        };
        return translated is not null;
    }

    private static StorageException Translate(IOException exception, string path) => exception.HResult switch
    {
        NoSpace or FileTooBig or QuotaLinux or QuotaMac or WindowsDiskFull or WindowsHandleDiskFull => new StorageFullException(path, exception),
        ReadOnlyFileSystem => new StorageAccessDeniedException(path, exception),
        _ => new StorageException(
            path,
            $"The store in '{path}' could not be read or written: {exception.Message} Check that the disk is there and healthy, and try again.",
            exception),
    };

    private static StorageException Translate(SqliteException exception, string path) => exception.SqliteErrorCode switch
    {
        SqliteFull => new StorageFullException(path, exception),
        _ when exception.SqliteExtendedErrorCode == SqliteSharedFileSize => new StorageFullException(path, exception),
        SqliteReadOnly or SqlitePermission or SqliteCannotOpen => new StorageAccessDeniedException(path, exception),
        SqliteCorrupt or SqliteNotADatabase => new IndexDamagedException(path, exception.Message.TrimEnd('.'), exception),
        _ => new StorageException(
            path,
            $"The index of the store in '{path}' failed: {exception.Message} Check the disk, and try again.",
            exception),
    };
}
