using EdgeAI.Samples.Imaging;

namespace EdgeAI.Samples.Tests.Imaging;

public sealed class PixelNormalizationTests
{
    [Fact]
    public void Write_PictureNarrowerThanTheTensor_FillsPlanesAndLeavesTheRest()
    {
        byte[] pixels = [255, 0, 51, 255, 0, 255, 102, 255];
        var tensor = new float[9];

        new PixelNormalization([0.5f, 0.5f, 0], [0.5f, 0.25f, 1]).Write(pixels, 2, tensor, 3);

        Assert.Equal([1, -1, 0, -2, 2, 0, 0.2f, 0.4f, 0], tensor);
    }
}
