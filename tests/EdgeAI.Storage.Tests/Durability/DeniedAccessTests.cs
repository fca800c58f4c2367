using System.Runtime.Versioning;
using EdgeAI.Testing.Catalogue;
using EdgeAI.Testing.Files;
using EdgeAI.Testing.Processes;
using Microsoft.Data.Sqlite;

namespace EdgeAI.Storage.Tests.Durability;

/// <summary>A disk that may not be written, and files that may not be read.</summary>
[SupportedOSPlatform("linux")]
public sealed class DeniedAccessTests : IDisposable
{
    private const UnixFileMode Nothing = UnixFileMode.None;
    private const UnixFileMode ReadOnly = UnixFileMode.UserRead | UnixFileMode.UserExecute;
    private const UnixFileMode All = ReadOnly | UnixFileMode.UserWrite;

    private readonly TestStore _test = new();
    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _test.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task ImportAsync_ReadOnlyDisk_IsDeniedInWords()
    {
        await using var disk = await TemporaryFileSystem.MountAsync(8 << 20, Cancellation);
        using var test = new TestStore(Path.Combine(disk.Path, "store"));
        await test.ImportAsync("good:1", TestModels.Mlp);
        var before = await test.ListAsync();
        SqliteConnection.ClearAllPools();
        await disk.SetReadOnlyAsync(true, Cancellation);

        var exception = await Assert.ThrowsAsync<StorageAccessDeniedException>(() => test.ImportAsync("bad:1", TestModels.Add));

        Assert.StartsWith(disk.Path, exception.Path, StringComparison.Ordinal);
        SqliteConnection.ClearAllPools();
        await disk.SetReadOnlyAsync(false, Cancellation);
        await test.RequireUnharmedAsync(before, "bad:1", TestModels.Add);
        SqliteConnection.ClearAllPools();
    }

    [Fact]
    public async Task ImportAsync_NewStoreOnAReadOnlyDisk_IsDeniedInWords()
    {
        await using var disk = await TemporaryFileSystem.MountAsync(8 << 20, Cancellation);
        await disk.SetReadOnlyAsync(true, Cancellation);
        using var test = new TestStore(Path.Combine(disk.Path, "store"));

        await Assert.ThrowsAsync<StorageAccessDeniedException>(() => test.ImportAsync("bad:1", TestModels.Add));
    }

    [Fact]
    public async Task ImportAsync_StoreOfSomebodyElse_IsDeniedAndUnharmed()
    {
        await _test.ImportAsync("good:1", TestModels.Mlp);
        var before = await _test.ListAsync();
        var path = TestModels.Add.Save(_folder);
        SetModes(ReadOnly);
        var result = await ImportUnprivilegedAsync(path);
        SetModes(All);

        Assert.StartsWith("failed StorageAccessDeniedException", result.Output, StringComparison.Ordinal);
        await _test.RequireUnharmedAsync(before, "bad:1", TestModels.Add);
    }

    [Fact]
    public async Task ImportAsync_ModelThatMayNotBeRead_IsDeniedAndUnharmed()
    {
        await _test.ImportAsync("good:1", TestModels.Mlp);
        var before = await _test.ListAsync();
        var path = TestModels.Add.Save(_folder);
        File.SetUnixFileMode(path, Nothing);

        var result = await ImportUnprivilegedAsync(path);

        Assert.StartsWith("failed ModelAccessDeniedException", result.Output, StringComparison.Ordinal);
        Assert.Contains(path, result.Output, StringComparison.Ordinal);
        await _test.RequireUnharmedAsync(before, "bad:1", TestModels.Add);
    }

    [Fact]
    public async Task ImportAsync_ExternalFileThatMayNotBeRead_IsDeniedAndUnharmed()
    {
        var path = TestModels.External.Save(_folder);
        File.SetUnixFileMode(_folder.Combine("model.data"), Nothing);

        var result = await ImportUnprivilegedAsync(path);

        Assert.StartsWith("failed ModelAccessDeniedException", result.Output, StringComparison.Ordinal);
        Assert.Contains("model.data", result.Output, StringComparison.Ordinal);
        await _test.RequireUnharmedAsync([], "bad:1", TestModels.External);
    }

    // Modes do not hold for root, unless it gives up the capability to override them.
    private async Task<CommandResult> ImportUnprivilegedAsync(string path)
    {
        string[] command = ["dotnet", .. StoreProcesses.Arguments(_test.Directory, "bad:1", path)];
        string[] unprivileged = Environment.IsPrivilegedProcess
            ? ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-dac_override,-dac_read_search", .. command]
            : command;
        using var child = ChildProcess.Start(unprivileged[0], unprivileged[1..]);
        Assert.Equal("ready", await child.ReadLineAsync(Cancellation));
        child.WriteLine("go");
        return await child.WaitAsync(Cancellation);
    }

    private void SetModes(UnixFileMode mode)
    {
        SqliteConnection.ClearAllPools();
        foreach (var path in Directory.EnumerateFileSystemEntries(_test.Directory, "*", SearchOption.AllDirectories).Prepend(_test.Directory).ToArray())
        {
            File.SetUnixFileMode(path, mode);
        }
    }
}
