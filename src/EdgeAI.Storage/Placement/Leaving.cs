namespace EdgeAI.Storage.Placement;

/// <summary>Which models leave a tier for something else.</summary>
internal static class Leaving
{
    /// <summary>Takes models from the front until they make enough room, and puts those back that need not have gone.</summary>
    /// <typeparam name="T">What a model is named by.</typeparam>
    /// <param name="order">The models and their lengths, the one that should leave first in front.</param>
    /// <param name="bytes">How much room is wanted.</param>
    public static List<T> Choose<T>(IEnumerable<(T Model, long Length)> order, long bytes)
    {
        var taken = new List<(T Model, long Length)>();
        using var rest = order.GetEnumerator();
        while (bytes > 0 && rest.MoveNext())
        {
            taken.Add(rest.Current);
            bytes -= rest.Current.Length;
        }

        for (var i = taken.Count - 1; i >= 0 && bytes < 0; i--)
        {
            if (taken[i].Length <= -bytes)
            {
                bytes += taken[i].Length;
                taken.RemoveAt(i);
            }
        }

        return taken.ConvertAll(model => model.Model);
    }
}
