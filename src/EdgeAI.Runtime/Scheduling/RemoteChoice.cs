using EdgeAI.Providers;

namespace EdgeAI.Scheduling;

/// <summary>How remote devices stand among those of the machine.</summary>
internal static class RemoteChoice
{
    /// <summary>The devices that a policy allows, the preferred first and otherwise as they were.</summary>
    public static IEnumerable<DeviceLane> Order(IEnumerable<DeviceLane> lanes, RemotePolicy policy) => policy switch
    {
        RemotePolicy.LocalOnly => lanes.Where(lane => !lane.IsRemote),
        RemotePolicy.RemoteOnly => lanes.Where(lane => lane.IsRemote),
        RemotePolicy.RemoteFirst => lanes.OrderBy(lane => !lane.IsRemote),

        // By measured times too the load goes here first: a load there says nothing about how fast it is.
        _ => lanes.OrderBy(lane => lane.IsRemote),
    };

    /// <summary>The devices of those that a run is for now: the side that the policy prefers, unless all queues there are full.</summary>
    public static List<DeviceLane> Prefer(List<DeviceLane> candidates, RemotePolicy policy)
    {
        if (policy is not (RemotePolicy.LocalFirst or RemotePolicy.RemoteFirst) || candidates.Count < 2)
        {
            return candidates;
        }

        var isRemoteFirst = policy == RemotePolicy.RemoteFirst;
        var preferred = candidates.FindAll(lane => lane.IsRemote == isRemoteFirst && !lane.Queue.IsFull);
        if (preferred.Count == 0)
        {
            preferred = candidates.FindAll(lane => lane.IsRemote != isRemoteFirst && !lane.Queue.IsFull);
        }

        return preferred.Count == 0 ? candidates : preferred;
    }
}
