using EdgeAI.Memory;
using EdgeAI.Testing.Files;

namespace EdgeAI.Runtime.Tests.Memory;

/// <summary>What the kernel's files say, in a file system of the test's own.</summary>
public sealed class LinuxMemoryTests : IDisposable
{
    private const long Gigabyte = 1L << 30;

    private readonly TemporaryDirectory _root = new();

    public void Dispose() => _root.Dispose();

    [Fact]
    public void Limit_NoGroup_IsTheMachines()
    {
        WriteMachine();

        Assert.Equal(8 * Gigabyte, Read().Limit);
        Assert.Equal(new MemoryPressure(8 * Gigabyte, 5 * Gigabyte, 0), Read().ReadPressure());
    }

    [Fact]
    public void Limit_Version2_IsTheGroups()
    {
        WriteMachine();
        Write("proc/self/cgroup", "0::/app.slice/shop.service\n");
        Write("sys/fs/cgroup/app.slice/shop.service/memory.max", "1073741824\n");
        Write("sys/fs/cgroup/app.slice/shop.service/memory.current", "1000000000\n");
        Write("sys/fs/cgroup/app.slice/shop.service/memory.stat", "anon 100\nfile 300000000\nshmem 100000000\nfile_mapped 5\n");
        Write("sys/fs/cgroup/app.slice/shop.service/memory.pressure", "some avg10=40.00 avg60=0.00 avg300=0.00 total=1\nfull avg10=12.50 avg60=0.00 avg300=0.00 total=1\n");

        Assert.Equal(Gigabyte, Read().Limit);
        Assert.Equal(new MemoryPressure(Gigabyte, 800_000_000, 12.5), Read().ReadPressure());
    }

    [Fact]
    public void Limit_Nested_IsTheTightest()
    {
        WriteMachine();
        Write("proc/self/cgroup", "0::/a/b/c\n");
        Write("sys/fs/cgroup/a/memory.max", "2147483648\n");
        Write("sys/fs/cgroup/a/memory.current", "2147483648\n");
        Write("sys/fs/cgroup/a/b/memory.max", "1073741824\n");
        Write("sys/fs/cgroup/a/b/memory.current", "1000\n");
        Write("sys/fs/cgroup/a/b/c/memory.max", "max\n");

        // The inner limit is the smaller; the outer one is nearer to being used up.
        Assert.Equal(Gigabyte, Read().Limit);
        Assert.Equal((2 * Gigabyte, 2 * Gigabyte), (Read().ReadPressure().Limit, Read().ReadPressure().Used));
    }

    [Fact]
    public void Limit_Version2Unlimited_IsTheMachines()
    {
        WriteMachine();
        Write("proc/self/cgroup", "0::/\n");
        Write("sys/fs/cgroup/memory.max", "max\n");

        Assert.Equal(8 * Gigabyte, Read().Limit);
    }

    [Fact]
    public void Limit_Version1_IsTheGroups()
    {
        WriteMachine();
        Write("proc/self/cgroup", "9:name=systemd:/\n4:cpu,memory:/docker/abc\n1:cpuset:/\n0::/\n");
        Write("sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes", "1073741824\n");
        Write("sys/fs/cgroup/memory/docker/abc/memory.usage_in_bytes", "900000000\n");
        Write("sys/fs/cgroup/memory/docker/abc/memory.stat", "cache 1\ntotal_cache 200000000\ntotal_shmem 0\n");
        Write("sys/fs/cgroup/memory/memory.limit_in_bytes", "9223372036854771712\n");

        Assert.Equal(Gigabyte, Read().Limit);
        Assert.Equal(700_000_000, Read().ReadPressure().Used);
    }

    [Fact]
    public void Limit_PathOfTheHost_IsTheMountsOwn()
    {
        WriteMachine();
        Write("proc/self/cgroup", "4:memory:/docker/abc\n");
        Write("sys/fs/cgroup/memory/memory.limit_in_bytes", "1073741824\n");

        Assert.Equal(Gigabyte, Read().Limit);
    }

    [Fact]
    public void ReadPressure_NoGroupFile_TakesTheMachinesStalls()
    {
        WriteMachine();
        Write("proc/pressure/memory", "some avg10=1.00 avg60=0.00 avg300=0.00 total=1\nfull avg10=7.25 avg60=0.00 avg300=0.00 total=1\n");

        Assert.Equal(7.25, Read().ReadPressure().StallPercent);
    }

    [Theory]
    [InlineData("")]
    [InlineData("garbage")]
    [InlineData("0:memory")]
    [InlineData("4:memory:/../../x")]
    public void Limit_MalformedFiles_IsTheMachines(string group)
    {
        WriteMachine();
        Write("proc/self/cgroup", group);
        Write("sys/fs/cgroup/memory.max", "nonsense");
        Write("sys/fs/cgroup/memory/memory.limit_in_bytes", "-1");
        Write("proc/pressure/memory", "full avg10=x");

        Assert.Equal(8 * Gigabyte, Read().Limit);
        Assert.Equal(0, Read().ReadPressure().StallPercent);
    }

    [Fact]
    public void Limit_NoFilesAtAll_IsWhatDotnetSays() => Assert.True(Read().Limit > 0);

    [Fact]
    public void Current_OnThisMachine_TellsSomething()
    {
        var pressure = SystemMemory.Current.ReadPressure();

        Assert.InRange(SystemMemory.Current.Limit, 1L << 26, 1L << 50);
        Assert.InRange(pressure.Used, 1, pressure.Limit);
    }

    private LinuxMemory Read() => new(_root.Path, null);

    private void WriteMachine() => Write("proc/meminfo", "MemTotal:        8388608 kB\nMemFree:          100 kB\nMemAvailable:    3145728 kB\n");

    private void Write(string path, string text) => _root.WriteFile(path, System.Text.Encoding.ASCII.GetBytes(text));
}
