namespace EdgeAI.Samples.Models;

/// <summary>Where the sample shows that something long is going on.</summary>
internal interface IProgressDisplay
{
    /// <summary>Shows that something long is going on. The work reports how much is done, from 0 to 1; until it does, that is unknown.</summary>
    Task ShowProgressAsync(string title, Func<IProgress<double>, Task> work);
}
