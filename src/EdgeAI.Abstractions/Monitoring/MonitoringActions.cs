namespace EdgeAI.Monitoring;

/// <summary>The names of what rules can do, beside an app's own.</summary>
public static class MonitoringActions
{
    /// <summary>Reads from the backup clusters first, until the rule lets go.</summary>
    public const string SwitchToBackupStorage = "switch_to_backup_storage";

    /// <summary>Gives the memory of models back that run nothing, those first whose return costs least, until the reading is below the threshold.</summary>
    public const string TriggerModelSwap = "trigger_model_swap";

    /// <summary>Makes room on the store's disks: drops hot files, and sends packs to the cold tier.</summary>
    public const string DemoteModels = "demote_models";

    /// <summary>Refuses runs of low priority, until the rule lets go.</summary>
    public const string ShedLoad = "shed_load";

    /// <summary>Sends runs to remote devices first, until the rule lets go.</summary>
    public const string OffloadToCluster = "offload_to_cluster";

    /// <summary>Holds up transfers that nobody waits for, until the rule lets go.</summary>
    public const string PauseBackground = "pause_background";

    /// <summary>Does nothing but tell: by the log, the event and the history, as every rule does.</summary>
    public const string Notify = "notify";
}
