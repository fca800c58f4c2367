namespace EdgeAI.Storage.Tiers;

/// <summary>Finds the disks that directories are on.</summary>
internal static class StoreDisks
{
    /// <summary>Each disk once, with the tiers that are on it.</summary>
    public static IReadOnlyList<StorageDisk> Find(IReadOnlyList<(string Tier, string Directory)> tiers)
    {
        var drives = DriveInfo.GetDrives();
        return
        [
            .. tiers.GroupBy(tier => FindDrive(tier.Directory, drives), (drive, tiersOfDrive) => new StorageDisk([.. tiersOfDrive.Select(tier => tier.Tier)], CapacityOf(drive))),
        ];
    }

    // The mount whose name is the longest that the directory begins with.
    private static string FindDrive(string directory, DriveInfo[] drives)
    {
        var path = Path.GetFullPath(directory);
        return drives
            .Select(drive => drive.Name)
            .Where(name => path.StartsWith(name, StringComparison.Ordinal) && (name.EndsWith(Path.DirectorySeparatorChar) || path.Length == name.Length || path[name.Length] == Path.DirectorySeparatorChar))
            .MaxBy(name => name.Length) ?? directory;
    }

    private static StorageTierCapacity CapacityOf(string drive)
    {
        try
        {
            var info = new DriveInfo(drive);
            return new StorageTierCapacity(info.TotalSize, info.AvailableFreeSpace);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return default;
        }
    }
}
