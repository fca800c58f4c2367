namespace EdgeAI.Storage.Clusters.Garbage;

/// <summary>An object on a cluster that a collection found nobody to need.</summary>
/// <param name="Key">Its key.</param>
/// <param name="Age">For how long it has been so, as far as collections have looked.</param>
/// <param name="SeenAt">When the last one looked, by its clock.</param>
/// <param name="IsDoomed">Whether it is being deleted; nobody may count on it any more.</param>
internal readonly record struct CondemnedObject(string Key, TimeSpan Age, DateTimeOffset SeenAt, bool IsDoomed);
