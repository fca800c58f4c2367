namespace EdgeAI.Storage;

/// <summary>Room that was made on a store's disks.</summary>
/// <param name="HotModelsDropped">Models whose hot files were dropped.</param>
/// <param name="PacksDemoted">Packs that went to the cold tier.</param>
/// <param name="Bytes">Bytes that were freed.</param>
public sealed record StorageRoom(int HotModelsDropped, int PacksDemoted, long Bytes);
